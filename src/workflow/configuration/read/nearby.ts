import { suggestion } from '../../../kit/text/quote';

/** Comparing a word with so many others takes no time that anybody notices, even for a thousand mistakes. */
const MAX_COMPARED = 50;

/** ` (did you mean "cosine"?)`, or nothing. Of many candidates, only those that begin most alike are compared. */
export function nearby(word: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  return suggestion(word, all.length <= MAX_COMPARED ? all : likeliest(word, all));
}

function likeliest(word: string, candidates: readonly string[]): string[] {
  let most = 1;
  for (const candidate of candidates) most = Math.max(most, commonStart(word, candidate));
  const close: string[] = [];
  for (const candidate of candidates) {
    // The letter that is wrong may be one that another candidate happens to have.
    if (commonStart(word, candidate) >= Math.max(1, most - 1)) close.push(candidate);
    if (close.length === MAX_COMPARED) break;
  }
  return close;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
