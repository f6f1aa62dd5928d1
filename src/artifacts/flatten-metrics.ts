import type { Json } from '../stage';

/** Metrics as rows of a table: `accuracy.A` and its value as text. */
export function flattenMetrics(metrics: Readonly<Record<string, Json>>): [name: string, value: string][] {
  return Object.entries(metrics).flatMap(([name, value]) => flatten(name, value));
}

function flatten(name: string, value: Json): [string, string][] {
  if (value === null || typeof value !== 'object') return [[name, format(value)]];
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item: Json, index) => [String(index), item])
    : Object.entries(value);
  // A list of numbers reads better on one line.
  if (Array.isArray(value) && members.every(([, member]) => member === null || typeof member !== 'object')) {
    return [[name, members.map(([, member]) => format(member as string)).join(', ')]];
  }
  return members.flatMap(([key, member]) => flatten(`${name}.${key}`, member));
}

function format(value: string | number | boolean | null): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}
