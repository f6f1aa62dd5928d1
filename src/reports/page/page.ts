import { markup, trusted, type Markup } from '../../pictures/page/markup';
import type { Section } from './parts';
import { STYLE } from './style';

/** A whole page that needs nothing but itself; its policy forbids a browser to load anything. */
export function page(title: string, lead: Markup, sections: readonly Section[]): string {
  const links = sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header><h1>${title}</h1>
${lead}</header>
<nav aria-label="Sections"><ol>${links}</ol></nav>
<main>
${sections.map(({ content }) => content)}
</main>
<footer>Made by fairdistill, stage report-bias. The numbers are in <code>report/bias.json</code> and <code>report/bias.csv</code>.</footer>
</body>
</html>
`.markup;
}
