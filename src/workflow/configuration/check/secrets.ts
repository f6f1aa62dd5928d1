import type { Json } from '../../../stage';

type Secrets = Readonly<Record<string, string>>;
type Options = Readonly<Record<string, Json>>;

const TOKEN = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Shorter ones occur in ordinary text, and hiding them there would reveal them. */
const SHORTEST_HIDDEN = 4;
/** Lines of a secret that has several (a key in PEM): logs are read line by line. */
const SHORTEST_LINE = 8;
const HIDDEN = '***';

/** Options with the values of secrets in place of `${secret:NAME}`, for the stage alone. Names that are not there are left as they are. */
export function revealSecrets(options: Options, secrets: Secrets): Record<string, Json> {
  return reveal(options, secrets) as Record<string, Json>;
}

/**
 * What replaces every secret in a text by `***`: as it is, escaped in JSON and encoded in an address, however its white space was folded. Where
 * a text was cut (`…` or `...`), the piece of a secret beside that goes too, if it has at least four characters.
 */
export function redactor(secrets: Secrets): (text: string) => string {
  const forms = new Set(Object.values(secrets).flatMap(withLines).flatMap(formsOf));
  if (forms.size === 0) return text => text;
  // The longest first: one secret may begin with another.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(longestFirst.map(patternOf).join('|'), 'g');
  return text => withoutPieces(text.replace(pattern, HIDDEN), longestFirst);
}

/**
 * The same value with every text in it, names of members included, through `redact`. Its shape stays, whatever a secret looks like.
 * @param number what to make of each number; by default, itself
 */
export function redactTexts<T>(
  value: T,
  redact: (text: string) => string,
  number: (each: number) => unknown = same,
): T {
  const redacted = (part: unknown): unknown => {
    if (typeof part === 'string') return redact(part);
    if (typeof part === 'number') return number(part);
    if (Array.isArray(part)) return part.map(redacted);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [redact(name), redacted(member)]));
  };
  return redacted(value) as T;
}

function same(number: number): number {
  return number;
}

/** What somebody has clipped is no whole secret any more, but most of it may still stand there. */
function withoutPieces(text: string, forms: readonly string[]): string {
  let clean = '';
  let rest = 0;
  for (const { 0: cut, index } of text.matchAll(/…|\.{3,}/g)) {
    const before = text.slice(rest, index);
    const piece = longestPiece(forms, (form, length) => before.endsWith(form.slice(0, length)));
    clean += (piece === 0 ? before : before.slice(0, -piece) + HIDDEN) + cut;
    rest = index + cut.length;
    const next = longestPiece(forms, (form, length) => text.startsWith(form.slice(-length), rest));
    clean += next === 0 ? '' : HIDDEN;
    rest += next;
  }
  return clean + text.slice(rest);
}

/** In characters; 0 when no form has such a piece. */
function longestPiece(forms: readonly string[], isThere: (form: string, length: number) => boolean): number {
  let longest = 0;
  for (const form of forms) {
    let length = form.length - 1;
    while (length > longest && !isThere(form, length)) length--;
    longest = Math.max(longest, length);
  }
  return longest < SHORTEST_HIDDEN ? 0 : longest;
}

function reveal(value: Json, secrets: Secrets): Json {
  if (typeof value === 'string') {
    return value.replace(TOKEN, (token, name: string) => (Object.hasOwn(secrets, name) ? secrets[name]! : token));
  }
  if (Array.isArray(value)) return value.map((item: Json) => reveal(item, secrets));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, reveal(part, secrets)]));
}

function withLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter(line => line.length >= SHORTEST_LINE);
  return [secret, ...lines].map(text => text.trim()).filter(text => text.length >= SHORTEST_HIDDEN);
}

function formsOf(secret: string): string[] {
  // Half of a surrogate pair cannot be encoded in an address.
  const whole = secret.replace(/\p{Surrogate}/gu, '\ufffd');
  const json = JSON.stringify(secret).slice(1, -1);
  const component = encodeURIComponent(whole);
  const strict = component.replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const encoded = [component, strict, encodeURI(whole), component.replaceAll('%20', '+')];
  const lowerCase = encoded.map(text => text.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()));
  return [secret, json, JSON.stringify(json).slice(1, -1), ...encoded, ...lowerCase];
}

/** Tables and messages make one space, or a line end and some, of what is white or acts on a terminal. */
function patternOf(form: string): string {
  return form
    .split(/[\s\x00-\x1f\x7f-\x9f]+/)
    .map(escapePattern)
    .join('[\\s\\x00-\\x1f\\x7f-\\x9f]+');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
