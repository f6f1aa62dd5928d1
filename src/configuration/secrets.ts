import type { Json } from '../stage';

type Secrets = Readonly<Record<string, string>>;

const TOKEN = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** What is shown in place of a secret. */
const HIDDEN = '***';
/** Shorter ones occur everywhere by chance. */
const SHORTEST = 4;

/** The options with every `${secret:NAME}` replaced by its value, for the stage alone. Unknown names stay as they are. */
export function revealSecrets(options: Readonly<Record<string, Json>>, secrets: Secrets): Record<string, Json> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, reveal(value, secrets)]));
}

/** Replaces every occurrence of a secret in a text, also as JSON and addresses write it. */
export function redactor(secrets: Secrets): (text: string) => string {
  const forms = Object.values(secrets)
    .filter(value => value.length >= SHORTEST)
    .flatMap(value => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  // Longest first, or the beginning of a longer one would leave its end.
  const sorted = [...new Set(forms)].sort((a, b) => b.length - a.length);
  if (sorted.length === 0) return text => text;
  return text => sorted.reduce((result, form) => result.replaceAll(form, HIDDEN), text);
}

function reveal(value: Json, secrets: Secrets): Json {
  if (typeof value === 'string') {
    return value.replace(TOKEN, (token, name: string) => (Object.hasOwn(secrets, name) ? secrets[name]! : token));
  }
  if (Array.isArray(value)) return value.map((item: Json) => reveal(item, secrets));
  if (value !== null && typeof value === 'object') return revealSecrets(value as Record<string, Json>, secrets);
  return value;
}
