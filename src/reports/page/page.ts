import { markup, type Markup } from '../../pictures/page/markup';
import { wholePage } from '../../pictures/page/whole-page';
import type { Section } from './parts';
import { STYLE } from './style';

/** A whole page that needs nothing but itself. */
export function page(title: string, lead: Markup, sections: readonly Section[]): string {
  const links = sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`);
  const body = markup`<header><h1>${title}</h1>
${lead}</header>
<nav aria-label="Sections"><ol>${links}</ol></nav>
<main>
${sections.map(({ content }) => content)}
</main>
<footer>Made by fairdistill, stage report-bias. The numbers are in <code>report/bias.json</code> and <code>report/bias.csv</code>.</footer>`;
  return wholePage({ title, style: STYLE, body });
}
