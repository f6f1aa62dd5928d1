/** An opening tag of a parsed SVG, in document order. */
export interface SvgTag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Parses markup that follows XML's rules and returns its tags; throws on tags that do not match, unquoted or repeated
 * attributes, stray brackets, unknown entities, and numbers that no renderer can draw.
 */
export function parseSvg(svg: string): SvgTag[] {
  const tags: SvgTag[] = [];
  const open: string[] = [];
  for (const [token] of svg.matchAll(/<[^<>]*>|[^<>]+|[<>]/gu)) {
    const [, closing, name = '', rest = '', empty] = /^<(\/?)([a-zA-Z][\w-]*)([^<>]*?)(\/?)>$/su.exec(token) ?? [];
    if (!token.startsWith('<') && token !== '>') checkText(token);
    else if (name === '') throw new Error(`Stray bracket: ${token}`);
    else if (closing === '/') {
      if (open.pop() !== name) throw new Error(`Closing ${name} does not match`);
    } else {
      tags.push({ name, attributes: parseAttributes(rest) });
      if (empty !== '/') open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`Never closed: ${open.join(', ')}`);
  return tags;
}

/** Text of every `<text>` and `<title>`, unescaped. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<(?:text|title)[^>]*>([^<]*)</gu)].map(([, text]) => unescape(text ?? ''));
}

function parseAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = text.replace(/\s+([\w:-]+)="([^"<>]*)"/gu, (_, name: string, value: string) => {
    if (name in attributes) throw new Error(`Attribute ${name} twice`);
    checkText(value);
    if (/NaN|Infinity|undefined/u.test(value) && name !== 'aria-label') throw new Error(`${name}="${value}"`);
    attributes[name] = unescape(value);
    return '';
  });
  if (rest.trim() !== '') throw new Error(`Not an attribute: ${rest}`);
  return attributes;
}

function checkText(text: string): void {
  if (/&(?!(?:amp|lt|gt|quot|#39);)/u.test(text)) throw new Error(`Unescaped: ${text}`);
}

function unescape(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/gu, (_, name: string) => characters[name]!);
}
