import { link, markup, type Markup } from '../../pictures/page/markup';
import type { Look } from '../store';

/** Pictures with their captions, and links to other files. `at`: their folder, relative to the page. */
export function figures(at: readonly string[], looks: readonly Look[] = []): Markup[] {
  return looks.map(look => figure(at, look));
}

function figure(at: readonly string[], { file, caption }: Look): Markup {
  const address = link(...at, ...file.split('/'));
  const shown = /\.(svg|png|jpe?g|webp|gif)$/i.test(file)
    ? markup`<img loading="lazy" src="${address}" alt="${caption}" />`
    : markup`<span class="file">${file}</span>`;
  return markup`<figure>
    <a href="${address}">${shown}</a>
    <figcaption>${caption}</figcaption>
  </figure>`;
}
