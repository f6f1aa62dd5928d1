import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { type Observable } from 'rxjs';
import { UserError, messageOf } from '../../errors';
import { pooled } from '../../kit/streams/pooled';
import type { TableWriter } from '../../data/tables/write-table';
import type { Dataset, Photograph, ReadingRemarks } from '../layouts/layout';
import type { PhotoSetInfo, PhotoSetWriter } from '../../data/photo-set';

export interface ReadOptions {
  readonly domain: string;
  readonly cores: number;
  readonly remarks: ReadingRemarks;
}

/** Writes every photograph with the digest of its bytes into a photo set; emits each, in order. */
export function recordPhotographs(
  dataset: Dataset,
  set: PhotoSetWriter,
  { domain, cores, remarks }: ReadOptions,
): Observable<Photograph> {
  return pooled({
    source: photographsOf(dataset, remarks),
    concurrency: 2 * cores,
    work: async photo => ({ photo, ...(await digestOf(photo.file)) }),
    commit: async ({ photo, sha256, bytes }) => {
      const { path, identity, group, landmarks } = photo;
      await set.add({ path, identity, group, domain, sha256, bytes, landmarks });
      return photo;
    },
  });
}

/** Of one group after the other. */
async function* photographsOf({ groups }: Dataset, remarks: ReadingRemarks): AsyncGenerator<Photograph, void> {
  for (const group of groups) yield* group.photographs(remarks);
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

/** Writes the pairs of every group that has some; returns their number by group. */
export async function recordPairs(
  { groups }: Dataset,
  list: Pick<TableWriter, 'append'>,
  remarks: ReadingRemarks,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const group of groups) {
    const pairs = await group.pairs?.(remarks);
    if (pairs === undefined) continue;
    for (const { fold, a, b, genuine } of pairs) {
      await list.append({ group: group.name, fold, path_a: a, path_b: b, genuine });
    }
    counts.set(group.name, pairs.length);
  }
  return counts;
}

/** The landmark file of every group that has one; relative where it is inside the root. */
export function landmarkFiles({ root, groups }: Dataset): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap(({ name, files: { landmarks } }) =>
      landmarks === undefined ? [] : [[name, relativeTo(root, landmarks)]],
    ),
  );
}

/** With `/`; absolute where the file is outside the root. */
function relativeTo(root: string, file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
