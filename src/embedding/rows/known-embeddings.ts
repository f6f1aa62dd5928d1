import { numberList } from '../../kit/text/number-list';
import { textIndex } from '../../kit/text/text-index';
import type { FaceEmbeddings } from '../../data/embedding-set';
import type { RowSource } from './row-source';

/** Embeddings of faces that need not be computed, by the face's key. */
export interface KnownEmbeddings {
  has(key: string): boolean;
  /** In the order of the keys; undefined for a face that is not known, or whose embeddings turn out to be damaged. */
  read(keys: readonly string[]): Promise<(FaceEmbeddings | undefined)[]>;
}

/** Remembers the place of every row: some 60 bytes each. Of several rows of one face the first counts. */
export async function knownEmbeddings(sources: readonly RowSource[]): Promise<KnownEmbeddings> {
  const known = textIndex('hex');
  const places = numberList();
  const placeOf = (key: string): number | undefined => {
    const index = known.find(key);
    return index === undefined ? undefined : places.at(index);
  };
  for (const [index, source] of sources.entries()) {
    let row = 0;
    for await (const key of source.keys()) {
      if (known.add(key) === places.length) places.push(index * ROWS + row);
      row++;
    }
  }
  return {
    has: key => known.find(key) !== undefined,
    async read(keys) {
      const found = new Array<FaceEmbeddings | undefined>(keys.length);
      for (const [index, source] of sources.entries()) {
        const own = keys.flatMap((key, at) => {
          const place = placeOf(key);
          return place !== undefined && Math.floor(place / ROWS) === index ? [{ at, key, row: place % ROWS }] : [];
        });
        if (own.length === 0) continue;
        own.sort((a, b) => a.row - b.row);
        const read = await source.read(own.map(({ row }) => row));
        for (const [i, { at, key }] of own.entries()) if (read[i]?.key === key) found[at] = read[i];
      }
      return found;
    },
  };
}

/** More than a table has: a place is a source and a row in one number. */
const ROWS = 2 ** 32;
