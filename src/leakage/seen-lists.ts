import { createHash } from 'node:crypto';
import { findNumber, numberWriter, type FaceContents } from './face-contents';

export const SEEN_KINDS = ['faces', 'photographs', 'identities'] as const;
export type SeenKind = (typeof SEEN_KINDS)[number];

/** What was learnt from: numbers, sorted, none twice, 8 bytes each. Faces and photographs as in `FaceContents`. */
export type SeenLists = Readonly<Record<SeenKind, BigUint64Array>>;

export const NOTHING_SEEN: SeenLists = {
  faces: new BigUint64Array(0),
  photographs: new BigUint64Array(0),
  identities: new BigUint64Array(0),
};

/** @param identities names, as `identityNumbers` takes them */
export function seenLists({ pixels, photographs }: FaceContents, identities: readonly string[]): SeenLists {
  return {
    faces: sortedOnce(pixels.slice()),
    photographs: sortedOnce(photographs.slice()),
    identities: sortedOnce(identityNumbers(identities)),
  };
}

/** The first eight bytes of the SHA-256 of each `<domain>/<group>/<identity>`. */
export function identityNumbers(names: readonly string[]): BigUint64Array {
  const numbers = new BigUint64Array(names.length);
  const write = numberWriter(numbers);
  for (const [i, name] of names.entries()) write(i, createHash('sha256').update(name).digest('hex'));
  return numbers;
}

/** What is in any of the lists. */
export function allSeen(lists: readonly SeenLists[]): SeenLists {
  return byKind(kind => {
    const parts = lists.map(list => list[kind]);
    const all = new BigUint64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return sortedOnce(all);
  });
}

/** What is in the first and not in the second. */
export function seenBeside(lists: SeenLists, others: SeenLists): SeenLists {
  return byKind(kind => keep(lists[kind].slice(), number => findNumber(others[kind], number) < 0));
}

function byKind(make: (kind: SeenKind) => BigUint64Array): SeenLists {
  return { faces: make('faces'), photographs: make('photographs'), identities: make('identities') };
}

/** Sorts in place. 0 stands for unknown. */
function sortedOnce(numbers: BigUint64Array): BigUint64Array {
  let last = 0n;
  return keep(numbers.sort(), number => {
    const isNew = number !== last;
    last = number;
    return isNew;
  });
}

/** Moves the kept ones to the start of the list; `filter` would hold an object for every number. */
function keep(numbers: BigUint64Array, isKept: (number: bigint) => boolean): BigUint64Array {
  let kept = 0;
  for (const number of numbers) if (isKept(number)) numbers[kept++] = number;
  return numbers.slice(0, kept);
}
