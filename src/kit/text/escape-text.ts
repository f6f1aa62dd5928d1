/**
 * Text for use between tags and inside quoted attributes of XML and HTML. Characters that XML forbids (1.0, §2.2) and
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

// From a string, since control characters are refused in a literal.
const FORBIDDEN = new RegExp(
  '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u202A-\\u202E\\u2066-\\u2069\\uFFFE\\uFFFF]|\\p{Surrogate}',
  'gu',
);
