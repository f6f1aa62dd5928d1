import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors';
import { readTable } from '../data/tables/read-table';
import type { Columns } from '../data/tables/table';
import { openTable } from '../data/tables/write-table';
import { quote } from '../kit/text/quote';
import type { FaceRow } from '../data/face-set';
import type { PairList } from '../data/pair-list';

const COLUMNS = { path: { type: 'string' }, sha256: { type: 'string' } } as const satisfies Columns;

const FILE = 'photographs.parquet';

/**
 * Writes the digests of the photographs that occur in pairs beside the pair list: a path alone does not say which photograph is
 * meant, because data sets of one layout have equal paths.
 */
export async function writePairPhotographs(
  folder: string,
  pairs: Pick<PairList, 'slotOf'>,
  photographs: AsyncIterable<{ readonly path: string; readonly sha256: string }>,
): Promise<void> {
  const table = await openTable(join(folder, FILE), COLUMNS);
  for await (const { path, sha256 } of photographs) {
    if (pairs.slotOf(path) !== undefined) await table.append({ path, sha256 });
  }
  await table.close();
}

/**
 * Errors with `faces-of-other-photographs` (`UserError`) when faces in pairs were cut out of other photographs than those that the
 * list means by their paths. Passes where either is not known. Holds 8 bytes a face in pairs.
 */
export async function refuseOtherPhotographs(
  folder: string,
  pairs: Pick<PairList, 'slotOf' | 'paths'>,
  faces: AsyncIterable<Pick<FaceRow, 'path' | 'photo'>>,
): Promise<void> {
  const meant = await readPhotographs(folder, pairs);
  if (!meant) return;
  let [compared, others, first] = [0, 0, ''];
  for await (const { path, photo } of faces) {
    const slot = pairs.slotOf(path);
    const sha256 = slot === undefined ? undefined : meant[slot];
    if (!photo || sha256 === undefined) continue;
    compared++;
    if (sha256 === photo.slice(0, sha256.length)) continue;
    if (others++ === 0) first = path;
  }
  if (others === 0) return;
  throw new UserError(
    `Cannot evaluate: ${others} of ${compared} faces were cut out of other photographs than those that the pair list names by the same path, the first is ` +
      `${quote(first)}; connect \`pairs\` and, through align-faces, \`faces\` to the same read-faces stage`,
    { code: 'faces-of-other-photographs' },
  );
}

/** By slot, the beginning of the digest; undefined for a list without digests. */
async function readPhotographs(
  folder: string,
  pairs: Pick<PairList, 'slotOf' | 'paths'>,
): Promise<(string | undefined)[] | undefined> {
  const file = join(folder, FILE);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const digests = new Array<string | undefined>(pairs.paths.length).fill(undefined);
  const table = await readTable(file, COLUMNS);
  try {
    for await (const { path, sha256 } of table) {
      const slot = pairs.slotOf(path as string);
      if (slot !== undefined) digests[slot] = (sha256 as string).slice(0, 16);
    }
  } finally {
    await table.close();
  }
  return digests;
}
