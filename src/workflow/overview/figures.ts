import { html, link, type Html } from '../../pictures/page/escape';
import type { Look } from '../store/objects/manifest';

/** Pictures with their captions, and links to what is none. `at`: their folder, from the page. */
export function figures(at: readonly string[], looks: readonly Look[] = []): Html[] {
  return looks.map(look => figure(at, look));
}

function figure(at: readonly string[], { file, caption }: Look): Html {
  const address = link(...at, ...file.split('/'));
  const shown = /\.(svg|png|jpe?g|webp|gif)$/i.test(file)
    ? html`<img loading="lazy" src="${address}" alt="${caption}" />`
    : html`<span class="file">${file}</span>`;
  return html`<figure>
    <a href="${address}">${shown}</a>
    <figcaption>${caption}</figcaption>
  </figure>`;
}
