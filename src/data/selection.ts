import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceRow } from './face-set';
import type { Json } from '../stage';
import { readTable } from './tables/read-table';
import type { Columns } from './tables/table';
import { openTable } from './tables/write-table';

const TABLE = 'selection.parquet';

const COLUMNS = {
  set: { type: 'int' },
  row: { type: 'int' },
  identity: { type: 'string' },
  group: { type: 'string' },
  domain: { type: 'string' },
} as const satisfies Columns;

/** A face that is to be learnt. */
export interface SelectedFace {
  /** Place of the face set among the selection's sets. */
  readonly set: number;
  readonly row: number;
  /** `<domain>/<group>/<identity>`. */
  readonly identity: string;
  readonly group: string;
  readonly domain: string;
}

/** Writes which faces of which sets are to be learnt: a table for programs and a list for people, line for line the same. */
export interface SelectionWriter {
  /** @param set place of the face set among the selection's sets */
  add(set: number, face: FaceRow): Promise<void>;
  close(summary: Readonly<Record<string, Json>>): Promise<void>;
}

/** Lines gathered before they are written. */
const LINES = 1024;

export async function createSelection(folder: string): Promise<SelectionWriter> {
  const table = await openTable(join(folder, TABLE), COLUMNS);
  const list = await open(join(folder, 'selection.txt'), 'w');
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    await list.appendFile(lines.join(''));
    lines = [];
  };
  return {
    async add(set, { row, identity, group, domain, path }) {
      // The same name in two groups or domains is another person.
      await table.append({ set, row, identity: `${domain}/${group}/${identity}`, group, domain });
      lines.push([domain, group, identity, path].join('\t') + '\n');
      if (lines.length === LINES) await flush();
    },
    async close(summary) {
      await flush();
      await list.close();
      await table.close();
      await writeFile(join(folder, 'selection.json'), JSON.stringify(summary, null, 2) + '\n');
    },
  };
}

/** The faces of a selection in its order. Errors as `readTable` does. */
export async function* readSelection(folder: string): AsyncGenerator<SelectedFace> {
  const table = await readTable(join(folder, TABLE), COLUMNS);
  try {
    for await (const face of table) yield face as unknown as SelectedFace;
  } finally {
    await table.close();
  }
}
