import { escapeText } from '../../kit/text/escape-text';

/**
 * A coordinate, rounded to 2 decimals so that equal data give equal bytes on every machine.
 * Throws on NaN and infinities: a chart must leave such points out before it draws.
 */
export function coordinate(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Internal error: coordinate ${value} in a chart`);
  const rounded = Math.round(value * 100) / 100;
  // A browser draws nothing beyond 2^25 or so, and -0 would be a second spelling of 0.
  return String(rounded === 0 ? 0 : Math.max(-1e6, Math.min(1e6, rounded)));
}

/** An element; numbers are written as coordinates, undefined attributes are left out. `content` is markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content?: string,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeText(value ?? '')}"`)
    .join('');
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}
