/** Text that is HTML already. */
export interface Html {
  readonly text: string;
}

type Part = Html | string | number | readonly Html[];

/** Template tag: everything put into the template is escaped, unless it is HTML already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { text: strings.map((text, index) => text + (index < parts.length ? textOf(parts[index]!) : '')).join('') };
}

/** Takes text as HTML. Only for text of our own. */
export function raw(text: string): Html {
  return { text };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A relative address; each part is one folder or file name. */
export function link(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

function textOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'text' in part ? part.text : part.map(item => item.text).join('');
}
