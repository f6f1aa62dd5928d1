/** The candidate that a mistyped word most likely stands for; undefined when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const distance = unlikeness(word, candidate);
    if (distance <= tolerance(candidate) && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

// A third of the letters may be wrong: "cosin" finds "cosine", "a" does not find "b".
function tolerance(candidate: string): number {
  return Math.floor((candidate.length + 1) / 3);
}

function unlikeness(word: string, candidate: string): number {
  const [a, b] = [normalised(word), normalised(candidate)];
  if (a === b) return 0;
  // "embed" for "embed-faces" and "faces-align" for "align-faces" are slips of memory, not of the finger.
  if (a.length > 2 && b.split(' ').includes(a)) return 0.5;
  if (a.length > 2 && b.startsWith(a)) return 0.75;
  if (sortedParts(a) === sortedParts(b)) return 0.75;
  // Comparing takes time in both lengths, and a word can be as long as the file.
  if (Math.abs(a.length - b.length) > tolerance(candidate)) return Infinity;
  return editDistance(a, b);
}

function normalised(word: string): string {
  return word
    .slice(0, 256)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_\s]+/g, ' ')
    .toLowerCase();
}

function sortedParts(word: string): string {
  return word.split(' ').sort().join(' ');
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment:
 * Damerau 1964, no letter touched twice).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, current[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length]!;
}
