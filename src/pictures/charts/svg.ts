/**
 * Text for use between tags and inside double-quoted attributes of XML and HTML. Characters that XML forbids (1.0, §2.2) and
 * those that turn the direction of the text around them become U+FFFD.
 */
export function escapeText(text: string): string {
  return text
    .replace(FORBIDDEN, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/**
 * A coordinate, rounded to 2 decimals so that equal data give equal bytes on every machine.
 * Throws on NaN and infinities: a chart must leave such points out before it draws.
 */
export function coordinate(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Internal error: coordinate ${value} in a chart`);
  const rounded = Math.round(value * 100) / 100;
  // A browser draws nothing beyond 2^25 or so, and -0 would be a second spelling of 0.
  return String(rounded === 0 ? 0 : Math.max(-1e6, Math.min(1e6, rounded)));
}

/** An element; numbers are written as coordinates, undefined attributes are left out. `content` is markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content?: string,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeText(value ?? '')}"`)
    .join('');
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

// From a string, since control characters are refused in a literal.
const FORBIDDEN = new RegExp(
  '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u202A-\\u202E\\u2066-\\u2069\\uFFFE\\uFFFF]|\\p{Surrogate}',
  'gu',
);
