import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { type Observable } from 'rxjs';
import { UserError, messageOf } from '../../errors';
import { pooled } from '../../kit/streams/pooled';
import type { TableWriter } from '../../data/tables/write-table';
import { spelled } from '../../kit/text/fold-name';
import { plural } from '../../kit/text/human';
import type { Dataset } from '../layouts/format';
import { readPairsFile } from '../layouts/pairs-file';
import type { PhotoSetInfo, PhotoSetWriter } from '../../data/photo-set';
import { readPhotographs, type Photograph, type PhotographRemarks } from './photographs';

export interface ReadOptions {
  readonly domain: string;
  readonly cores: number;
  readonly remarks: PhotographRemarks;
}

/** Writes every photograph with the digest of its bytes into a photo set; emits each, in order. */
export function recordPhotographs(
  dataset: Dataset,
  set: PhotoSetWriter,
  { domain, cores, remarks }: ReadOptions,
): Observable<Photograph> {
  return pooled({
    source: readPhotographs(dataset, remarks),
    concurrency: 2 * cores,
    work: async photo => ({ photo, ...(await digestOf(photo.file)) }),
    commit: async ({ photo, sha256, bytes }) => {
      const { path, identity, group, landmarks } = photo;
      await set.add({ path, identity, group, domain, sha256, bytes, landmarks });
      return photo;
    },
  });
}

async function digestOf(file: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  try {
    const content = await readFile(file);
    return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
  } catch (error) {
    throw new UserError(`Cannot read photograph ${file}: ${messageOf(error)}`, {
      code: 'unreadable-file',
      cause: error,
    });
  }
}

/** Counts photographs by group as they come, sorted by identity. */
export function photoTally(): {
  add(photo: Photograph): void;
  groups(): PhotoSetInfo['groups'];
} {
  const groups = new Map<string, { images: number; identities: number; withoutLandmarks: number }>();
  let last: Photograph | undefined;
  return {
    add(photo) {
      const count = groups.get(photo.group) ?? { images: 0, identities: 0, withoutLandmarks: 0 };
      groups.set(photo.group, count);
      count.images++;
      if (last?.group !== photo.group || last.identity !== photo.identity) count.identities++;
      if (photo.landmarks === undefined) count.withoutLandmarks++;
      last = photo;
    },
    groups: () => Object.fromEntries(groups),
  };
}

/** Writes the pairs of every group that has a pair file; returns their number by group. */
export async function recordPairs(
  dataset: Dataset,
  list: Pick<TableWriter, 'append'>,
  { remark, missing }: Pick<PhotographRemarks, 'remark' | 'missing'>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const group of dataset.groups) {
    if (group.pairs === undefined) continue;
    const alike = new Map<string, string>();
    const pairs = await readPairsFile(group.pairs, group, {
      missing: (image, found) => missing.add(group.name, image, found),
      alike: (identity, folder) => alike.set(identity, folder),
    });
    const pathOf = (image: string): string => relativeTo(dataset.root, join(group.folder, image));
    for (const { fold, a, b, genuine } of pairs) {
      await list.append({ group: group.name, fold, path_a: pathOf(a), path_b: pathOf(b), genuine });
    }
    const [first] = alike;
    if (first !== undefined) {
      remark(
        `Group ${group.name}: ${group.pairs} writes ${plural(alike.size, 'identity')} in another case than on disk, ` +
          `such as ${spelled(first[0])} for ${spelled(first[1])}`,
      );
    }
    counts.set(group.name, pairs.length);
  }
  return counts;
}

/** The landmark file of every group that has one; relative where it lies inside the root. */
export function landmarkFiles({ root, groups }: Dataset): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap(({ name, landmarks }) => (landmarks ? [[name, relativeTo(root, landmarks.file)]] : [])),
  );
}

/** With `/`; absolute where the file lies outside of the root. */
function relativeTo(root: string, file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
