import { escapeText } from '../../kit/text/escape-text';

/** Text that may stand in a page as it is. Made only here, so that nothing of the user's gets in unescaped. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/** Template tag: strings and numbers are escaped, markup and lists of markup are put in as they are. */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: literals.map((literal, i) => (i === 0 ? literal : textOf(parts[i - 1]!) + literal)).join('') };
}

/** Text of our own as markup: a style sheet, or a chart, whose function does its own escaping. */
export function trusted(text: string): Markup {
  return { markup: text };
}

/** A relative address; each part is one folder or file name. */
export function link(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

function textOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return 'markup' in part ? part.markup : part.map(each => each.markup).join('\n');
}
