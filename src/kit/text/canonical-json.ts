/**
 * JSON text that is equal for equal values: keys sorted by code unit, no spaces, members that are `undefined` left out. Throws
 * TypeError for what JSON cannot hold (NaN, infinity, functions), because such a value would silently become `null`.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`Cannot write ${value} as JSON`);
  if (!['string', 'number', 'boolean'].includes(typeof value) && value !== null) {
    throw new TypeError(`Cannot write a value of type ${typeof value} as JSON`);
  }
  return JSON.stringify(value);
}
