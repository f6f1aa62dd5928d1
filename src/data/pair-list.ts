import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors';
import { readTable } from './tables/read-table';
import type { Columns } from './tables/table';
import { openTable, type TableWriter } from './tables/write-table';

/** A pair list in memory: a few numbers a pair, and each path once. */
export interface PairList {
  readonly count: number;
  /** Photographs that occur in pairs; a photograph's place here is its slot. */
  readonly paths: readonly string[];
  readonly groups: readonly string[];
  /** By pair. `groupOf` counts into `groups`, `a` and `b` into `paths`; `genuine` is 0 or 1. */
  readonly groupOf: Uint16Array;
  readonly folds: Int32Array;
  readonly genuine: Uint8Array;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Every group that the data set names, also those without pairs. */
  readonly named: readonly NamedGroup[];
  /** Slot of a photograph, or undefined when it is in no pair. */
  slotOf(path: string): number | undefined;
}

/** What a data set says of the pairs of a group. */
export interface NamedGroup {
  readonly group: string;
  readonly pairs: number;
  /** Why it has none, or why none of them can be compared. */
  readonly reason?: string;
  /** Photographs that text files name and that are not on disk. */
  readonly notOnDisk?: number;
  /** What else reading it has warned of, in a few words. */
  readonly doubts?: readonly string[];
}

const COLUMNS = {
  group: { type: 'string' },
  fold: { type: 'int' },
  path_a: { type: 'string' },
  path_b: { type: 'string' },
  genuine: { type: 'boolean' },
} as const satisfies Columns;

const FILE = 'pairs.parquet';
const GROUPS = 'groups.json';

/** Starts a pair list in an existing folder; paths are those of the photo set beside it. */
export function createPairList(folder: string): Promise<TableWriter> {
  return openTable(join(folder, FILE), COLUMNS);
}

/** Writes which groups the data set of a pair list names. */
export async function writeNamedGroups(folder: string, groups: readonly NamedGroup[]): Promise<void> {
  await writeFile(join(folder, GROUPS), JSON.stringify(groups, null, 2) + '\n');
}

/** Reads a pair list. Errors with `bad-table`, or `no-pairs` when the list is empty. */
export async function readPairs(folder: string): Promise<PairList> {
  const table = await readTable(join(folder, FILE), COLUMNS);
  const count = table.rows;
  if (count === 0) {
    await table.close();
    throw new UserError(
      `Cannot evaluate: the pair list ${table.path} is empty; want verification pairs, as the <Group>_pairs.txt files of a test ` +
        'split hold them: connect `pairs` to a read-faces stage of such a split',
      { code: 'no-pairs' },
    );
  }
  const [slots, groups] = [new Map<string, number>(), new Map<string, number>()];
  const [groupOf, folds, genuine] = [new Uint16Array(count), new Int32Array(count), new Uint8Array(count)];
  const [a, b] = [new Uint32Array(count), new Uint32Array(count)];
  let pair = 0;
  for await (const row of table) {
    // The columns were checked when the table was opened.
    const { group, fold, path_a, path_b, genuine: same } = row as unknown as PairRow;
    groupOf[pair] = placeOf(groups, group);
    folds[pair] = fold;
    genuine[pair] = same ? 1 : 0;
    a[pair] = placeOf(slots, path_a);
    b[pair] = placeOf(slots, path_b);
    pair++;
  }
  await table.close();
  const names = [...groups.keys()];
  return {
    count,
    paths: [...slots.keys()],
    groups: names,
    groupOf,
    folds,
    genuine,
    a,
    b,
    named: await readNamedGroups(folder),
    slotOf: path => slots.get(path),
  };
}

/** A list that was made by hand has pairs only. */
async function readNamedGroups(folder: string): Promise<readonly NamedGroup[]> {
  const file = join(folder, GROUPS);
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly NamedGroup[];
  } catch (error) {
    throw new UserError(`Cannot read pair list: ${file}: ${messageOf(error)}; run the stage that made it again`, {
      code: 'bad-pair-list',
      cause: error,
    });
  }
}

interface PairRow {
  readonly group: string;
  readonly fold: number;
  readonly path_a: string;
  readonly path_b: string;
  readonly genuine: boolean;
}

function placeOf(places: Map<string, number>, name: string): number {
  const place = places.get(name) ?? places.size;
  places.set(name, place);
  return place;
}
