import { didYouMean } from './did-you-mean';

const LONGEST = 60;
const LONGEST_LIST = 30;

/** A value for a message: as JSON, clipped, with everything escaped that would act on a terminal or be invisible there. */
export function quote(value: unknown): string {
  // Clipping first keeps a hostile value of megabytes cheap.
  const short = typeof value === 'string' && value.length > LONGEST ? `${value.slice(0, LONGEST - 1)}…` : value;
  const json = escapeInvisible(jsonText(short));
  return json.length > LONGEST + 2 && typeof value !== 'string' ? `${json.slice(0, LONGEST - 1)}…` : json;
}

// A plain value of thousands of items is shown by its beginning only.
function jsonText(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.slice(0, LONGEST));
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Whether a name has characters that a reader would not see or that would act on a terminal. */
export function hasInvisible(text: string): boolean {
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text);
}

/** Control and format characters (bidirectional overrides, zero-width spaces, ANSI escapes) as `\u001b`. Keeps line ends. */
export function escapeInvisible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, char => (char === '\n' ? char : [...utf16(char)].join('')));
}

function* utf16(char: string): Generator<string> {
  for (let i = 0; i < char.length; i++) yield `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`;
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`; a long list is cut. */
export function alternatives(words: readonly string[], conjunction: 'or' | 'and' = 'or'): string {
  const quoted = words.slice(0, LONGEST_LIST).map(quote);
  if (words.length > LONGEST_LIST) return `${quoted.join(', ')} and ${words.length - LONGEST_LIST} more`;
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} ${conjunction} ${quoted.at(-1)!}`;
}

/** All words, and of several the one that was probably meant: `"a" or "cosine" (did you mean "cosine"?)`. */
export function alternativesTo(word: string, words: readonly string[]): string {
  return alternatives(words) + (words.length > 1 ? suggestion(word, words) : '');
}

/** ` (did you mean "cosine"?)`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const nearest = didYouMean(word, candidates);
  return nearest === undefined ? '' : ` (did you mean ${quote(nearest)}?)`;
}
