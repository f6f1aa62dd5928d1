import { markup, trusted, type Markup } from './markup';

export interface WholePage {
  readonly title: string;
  /** Style sheet. */
  readonly style: string;
  readonly body: Markup;
  /** Whether it shows pictures beside it; otherwise its policy forbids a browser to load anything. */
  readonly pictures?: boolean;
}

/** A page as text, without scripts, that loads nothing from elsewhere. */
export function wholePage({ title, style, body, pictures = false }: WholePage): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${pictures ? '' : POLICY}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.markup;
}

const POLICY = trusted(
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`,
);
