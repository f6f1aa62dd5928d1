/**
 * A member of a map that is a plain object; undefined where it has none of this name. A name that comes from outside may be one that every
 * object has (`constructor`, `__proto__`), and then `map[name]` is something else.
 */
export function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
