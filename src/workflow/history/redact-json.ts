import { redactTexts } from '../configuration/check/secrets';

/** `redactTexts` for JSON: numbers that it cannot hold become null. */
export function redactJson<T>(value: T, redact: (text: string) => string): T {
  return redactTexts(value, redact, number => (Number.isFinite(number) ? number : null));
}
