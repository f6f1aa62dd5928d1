/** A name in the normal form NFC: the same letters in the same code units, whoever wrote them. */
export function composed(name: string): string {
  return name.normalize('NFC');
}

/**
 * What names are compared by: without regard to normal form, case, invisible characters and surrounding or doubled white space.
 * `Zoé`, decomposed `Zoe\u0301` and `ZOÉ ` are one. Not a name to show.
 */
export function foldName(name: string): string {
  const plain = name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  // Upper first, so that letters with two small forms (ς, σ) and ß meet their capital ones.
  return plain.toUpperCase().toLowerCase().normalize('NFC');
}

/** A name for a message in which it stands beside one that looks the same: what differs is written as `\u0301`. */
export function spelled(name: string): string {
  const escaped = (text: string): string =>
    text.replace(/[^\x20-\x7e]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const shown = name === composed(name) ? name.replace(/[\p{Cc}\p{Cf}]|(?! )\s/gu, escaped) : escaped(name);
  return `"${shown.replaceAll('"', '\\"')}"`;
}
