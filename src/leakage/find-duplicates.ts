import { findNumber, type FaceContents } from './face-contents';

/** How a face is like another one; flags that can be added. */
export const DUPLICATE = {
  /** The same pixels or the same file as another face of the same person. */
  repeated: 1,
  /** The same pixels as a face of another person. */
  pixels: 2,
  /** The same photograph's file as a face of another person. */
  photograph: 4,
} as const;

/**
 * Compares the contents of all faces with each other. Returns a sum of `DUPLICATE` flags for every face, 0 for one that is like
 * no other. Holds 8 bytes a face beside its arguments.
 * @param people by face, a number of its person
 */
export function findDuplicates({ pixels, photographs }: FaceContents, people: Int32Array): Uint8Array {
  const flags = new Uint8Array(people.length);
  flag(pixels, people, flags, DUPLICATE.pixels);
  flag(photographs, people, flags, DUPLICATE.photograph);
  return flags;
}

/** Whether a face is shown under another person too. */
export function isConflict(flags: number): boolean {
  return (flags & (DUPLICATE.pixels | DUPLICATE.photograph)) !== 0;
}

const SEVERAL = -2;
const NOBODY = -1;

function flag(numbers: BigUint64Array, people: Int32Array, flags: Uint8Array, conflict: number): void {
  const repeated = repeatedNumbers(numbers);
  if (repeated.length === 0) return;
  const places = Int32Array.from(numbers, number => findNumber(repeated, number));
  const owners = new Int32Array(repeated.length).fill(NOBODY);
  for (const [i, place] of places.entries()) {
    if (place < 0) continue;
    if (owners[place] === NOBODY) owners[place] = people[i]!;
    else if (owners[place] !== people[i]) owners[place] = SEVERAL;
  }
  for (const [i, place] of places.entries()) {
    if (place >= 0) flags[i]! |= owners[place] === SEVERAL ? conflict : DUPLICATE.repeated;
  }
}

/** Numbers that occur more than once, sorted; 0 stands for unknown and is left out. */
function repeatedNumbers(numbers: BigUint64Array): BigUint64Array {
  const sorted = numbers.slice().sort();
  let found = 0;
  // Those found are kept at the start of the list: it is read at least as fast as it is written.
  for (let i = 1; i < sorted.length; i++) {
    const number = sorted[i]!;
    const isNew = found === 0 || sorted[found - 1] !== number;
    if (number === sorted[i - 1] && number !== 0n && isNew) sorted[found++] = number;
  }
  return sorted.slice(0, found);
}
