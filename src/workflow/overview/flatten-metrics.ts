import type { Json } from '../../stage';

/** Metrics as rows of a table: `accuracy.A` and its value as text. */
export function flattenMetrics(metrics: Readonly<Record<string, Json>>): [name: string, value: string][] {
  return flattenJson(metrics).map(([name, value]) => [name, formatValue(value)]);
}

/** The same with the values as they are: a text, a number, true, false, null, or a list of these. */
export function flattenJson(values: Readonly<Record<string, Json>>): [name: string, value: Json][] {
  return Object.entries(values).flatMap(([name, value]) => flatten(name, value));
}

/** A value of `flattenJson` as text; numbers to 6 digits. */
export function formatValue(value: Json): string {
  if (Array.isArray(value)) return value.map(formatValue).join(', ');
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' || Number.isInteger(value)) return JSON.stringify(value);
  return String(Number(value.toPrecision(6)));
}

function flatten(name: string, value: Json): [string, Json][] {
  if (value === null || typeof value !== 'object') return [[name, value]];
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item: Json, index) => [String(index), item])
    : Object.entries(value);
  // A list of numbers reads better on one line.
  if (Array.isArray(value) && members.every(([, member]) => member === null || typeof member !== 'object')) {
    return [[name, value]];
  }
  return members.flatMap(([key, member]) => flatten(`${name}.${key}`, member));
}
