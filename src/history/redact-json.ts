/**
 * JSON whose texts, names of members included, went through `redact`. The shape stays, whatever a secret looks like. Numbers that JSON
 * cannot hold become null.
 */
export function redactJson<T>(value: T, redact: (text: string) => string): T {
  return redacted(value, redact) as T;
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (Array.isArray(value)) return value.map(item => redacted(item, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), redacted(member, redact)]));
}
