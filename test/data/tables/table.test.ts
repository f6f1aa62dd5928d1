import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readTable } from '../../../src/data/tables/read-table';
import type { Columns, Row } from '../../../src/data/tables/table';
import { writeTable } from '../../../src/data/tables/write-table';

const COLUMNS: Columns = {
  name: { type: 'string' },
  row: { type: 'int' },
  score: { type: 'float', optional: true },
  exact: { type: 'double' },
  genuine: { type: 'boolean' },
  embedding: { type: 'vector', width: 3 },
};

function rowAt(i: number): Row {
  return {
    name: `face ${i} é`,
    row: i,
    score: i % 3 === 0 ? null : i / 4,
    exact: i / 7,
    genuine: i % 2 === 0,
    embedding: Float32Array.of(i, -i / 3, 1e-30),
  };
}

describe('tables', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairdistill-table-'));
  });

  test('readTable() gives back the rows and the metadata that writeTable() wrote, over several row groups', async () => {
    const path = join(folder, 'a.parquet');
    const rows = Array.from({ length: 5000 }, (_, i) => rowAt(i));
    expect(await writeTable(path, COLUMNS, rows, { teacher: 'abc' })).toBe(5000);
    const table = await readTable(path, COLUMNS);
    expect(table.rows).toBe(5000);
    expect(table.metadata['teacher']).toBe('abc');
    expect(table.vectorWidth('embedding')).toBe(3);
    let i = 0;
    for await (const row of table) expect(row).toEqual(rowAt(i++));
    expect(i).toBe(5000);
    await table.close();
  });

  test('readTable() reads some of the columns, and row groups by themselves', async () => {
    const path = join(folder, 'groups.parquet');
    await writeTable(
      path,
      COLUMNS,
      Array.from({ length: 5000 }, (_, i) => rowAt(i)),
    );
    const table = await readTable(path, COLUMNS);
    expect(table.groups).toEqual([2048, 2048, 904]);
    let i = 0;
    for await (const row of table.select('row', 'score')) {
      const { row: wanted, score } = rowAt(i++);
      expect(row).toEqual({ row: wanted, score });
    }
    expect(i).toBe(5000);
    for (const [index, start] of [2, 0, 1].map(group => [group, group * 2048] as const)) {
      const rows = await table.readGroup(index);
      expect(rows).toHaveLength(table.groups[index]!);
      expect(rows[0]).toEqual(rowAt(start));
      expect(rows.at(-1)).toEqual(rowAt(start + rows.length - 1));
    }
    await table.close();
  });

  test('readTable() says from which row on a damaged table cannot be read', async () => {
    const path = join(folder, 'damaged.parquet');
    await writeTable(
      path,
      COLUMNS,
      Array.from({ length: 3000 }, (_, i) => rowAt(i)),
    );
    const bytes = await readFile(path);
    bytes.fill(0xff, bytes.indexOf('face 2100 '), bytes.indexOf('face 2100 ') + 10_000);
    await writeFile(path, bytes);
    const table = await readTable(path, COLUMNS);
    const first = table.readGroup(0);
    await expect(first).resolves.toHaveLength(2048);
    await expect(table.readGroup(1)).rejects.toThrow(/damaged\.parquet: rows from 2048 on cannot be read/);
    await table.close();
  });

  test('writeTable() gives equal bytes for equal rows', async () => {
    const [a, b] = [join(folder, 'x.parquet'), join(folder, 'y.parquet')];
    for (const path of [a, b]) await writeTable(path, COLUMNS, [rowAt(1), rowAt(2)], { k: 'v' });
    expect(await readFile(a)).toEqual(await readFile(b));
  });

  test('an empty table can be written and read', async () => {
    const path = join(folder, 'empty.parquet');
    await writeTable(path, COLUMNS, []);
    const table = await readTable(path, COLUMNS);
    expect(table.rows).toBe(0);
    for await (const row of table) throw new Error(`unexpected row ${JSON.stringify(row)}`);
    await table.close();
  });

  test.each(['', 'not parquet', 'PAR1PAR1', 'PAR1' + 'x'.repeat(100) + 'PAR1'])(
    'readTable() refuses a file that is not Parquet: %j',
    async content => {
      const path = join(folder, 'bad.parquet');
      await writeFile(path, content);
      await expect(readTable(path, COLUMNS)).rejects.toMatchObject({ code: 'bad-table' });
    },
  );

  test('readTable() names the column that is missing or of another type', async () => {
    const path = join(folder, 'b.parquet');
    await writeTable(path, { name: { type: 'int' } }, [{ name: 1 }]);
    await expect(readTable(path, { name: { type: 'string' } })).rejects.toThrow('column "name" is INT32, want string');
    await expect(readTable(path, { other: { type: 'int' } })).rejects.toThrow('column "other" is missing');
  });
});
