import type { Json } from '../stage';

type Secrets = Readonly<Record<string, string>>;
type Options = Readonly<Record<string, Json>>;

const TOKEN = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Shorter ones stand in ordinary text everywhere, and hiding them would tell what they are. */
const SHORTEST_HIDDEN = 4;
/** Lines of a secret that has several (a key in PEM): logs are read line by line. */
const SHORTEST_LINE = 8;

/** Options with the values of secrets in place of `${secret:NAME}`, for the stage alone. Names that are not there are left as they are. */
export function revealSecrets(options: Options, secrets: Secrets): Record<string, Json> {
  return reveal(options, secrets) as Record<string, Json>;
}

/** What replaces every secret in a text by `***`: as it is, escaped in JSON and encoded in an address. */
export function redactor(secrets: Secrets): (text: string) => string {
  const forms = new Set(Object.values(secrets).flatMap(withLines).flatMap(formsOf));
  if (forms.size === 0) return text => text;
  // The longest first: one secret may begin with another.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
  return text => text.replace(pattern, '***');
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
  return [secret, ...lines].filter(text => text.length >= SHORTEST_HIDDEN);
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

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
