import { join, relative, sep } from 'node:path';
import { UserError } from '../errors';
import { quote } from '../util/quote';
import type { Dataset, GroupFiles } from './format';
import { readLandmarks, type LandmarkTable } from './landmark-file';
import { listFolder } from './list-folder';
import { readPeople } from './people-file';

/** An image of a data set on disk. */
export interface Photograph {
  /** Relative to the data set's root, with `/`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly group: string;
  readonly identity: string;
  /** x1 y1 … x5 y5 in pixels; undefined when the landmark file has no row for the image. */
  readonly landmarks: readonly number[] | undefined;
}

/**
 * Every photograph of a data set, sorted by group, identity and file. Holds the landmarks of one group and the names of one
 * identity. Errors with a `UserError` at a landmark row for an image that is not on disk, once its group is through.
 * @param remark told what was left out or does not match, in words
 */
export async function* readPhotographs(
  dataset: Dataset,
  remark: (text: string) => void,
): AsyncGenerator<Photograph, void> {
  const names = dataset.groups.map(group => group.name);
  for (const group of dataset.groups) {
    const rows = group.landmarks && (await readLandmarks(group.landmarks, group.name, names));
    const counts = new Map<string, number>();
    let leftOut = 0;
    let firstLeftOut = '';
    for (const identity of (await listFolder(group.folder)).folders) {
      const folder = join(group.folder, identity);
      const { images, others, folders } = await listFolder(folder);
      const strays = [...others, ...folders];
      if (leftOut === 0 && strays.length > 0) firstLeftOut = join(folder, strays[0]!);
      leftOut += strays.length;
      counts.set(identity, images.length);
      for (const image of images) {
        const file = join(folder, image);
        const path = relative(dataset.root, file).split(sep).join('/');
        yield { path, file, group: group.name, identity, landmarks: rows?.take(`${identity}/${image}`) };
      }
    }
    if (rows !== undefined) refuseUnused(rows, group);
    if (leftOut > 0) {
      remark(`Group ${group.name}: left out ${leftOut} that are neither JPEG nor PNG, the first is ${firstLeftOut}`);
    }
    if (group.people !== undefined) await comparePeople(group.people, group.name, counts, remark);
  }
}

function refuseUnused(rows: LandmarkTable, { folder, landmarks }: GroupFiles): void {
  const { count, first } = rows.unused();
  if (first === undefined) return;
  const more = count > 1 ? ` (and ${count - 1} more rows like it)` : '';
  throw new UserError(
    `Cannot read landmarks: ${landmarks!.file}:${first.line}: found a row for ${join(folder, first.image)}, which is not on disk${more}; ` +
      'put the image there or remove the row',
    { code: 'landmarks-without-image' },
  );
}

/** Truncated downloads are common; RFW's own files list identities without images, so this cannot be an error. */
async function comparePeople(
  file: string,
  group: string,
  counts: ReadonlyMap<string, number>,
  remark: (text: string) => void,
): Promise<void> {
  const people = await readPeople(file);
  const off = [...people].filter(([identity, count]) => (counts.get(identity) ?? 0) !== count);
  const [first] = off;
  if (first === undefined) return;
  const found = counts.get(first[0]) ?? 0;
  remark(
    `Group ${group}: ${off.length} of ${people.size} identities have another number of images than ${file} says, ` +
      `the first is ${quote(first[0])} with ${found} instead of ${first[1]}`,
  );
}
