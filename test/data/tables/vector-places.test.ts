import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ParquetSchema, ParquetWriter, type Field } from 'parquetjs-lite';
import { describe, expect, test } from '@jest/globals';
import { readTable } from '../../../src/data/tables/read-table';
import { writeTable } from '../../../src/data/tables/write-table';

const WIDTH = 3;
const COLUMNS = {
  name: { type: 'string' },
  a: { type: 'vector', width: WIDTH },
  b: { type: 'vector', width: WIDTH },
} as const;
const a = (row: number) => Float32Array.of(row, -row, 0.1 * row);
const b = (row: number) => Float32Array.of(row + 0.5, 7, row);

async function newFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'fairdistill-places-')), 'table.parquet');
}

async function written(rows: number): Promise<string> {
  const path = await newFile();
  const all = Array.from({ length: rows }, (_, row) => ({ name: 'x'.repeat(row % 11), a: a(row), b: b(row) }));
  await writeTable(path, COLUMNS, all);
  return path;
}

/** A file of one column as other programs may write it. */
async function foreign(field: Partial<Field>, rowGroupSize?: number): Promise<string> {
  const path = await newFile();
  const schema = new ParquetSchema({ a: { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 4 * WIDTH, ...field } });
  const writer = await ParquetWriter.openFile(schema, path, rowGroupSize === undefined ? {} : { rowGroupSize });
  for (let row = 0; row < 20_000; row++) await writer.appendRow({ a: Buffer.from(a(row).buffer) });
  await writer.close();
  return path;
}

describe('vectorPlaces()', () => {
  test.each([1, 2047, 2048, 2049, 5000])('says where the bytes of every vector lie: %d rows', async rows => {
    const path = await written(rows);
    const table = await readTable(path, COLUMNS);
    const places = { a: await table.vectorPlaces('a'), b: await table.vectorPlaces('b') };
    const file = await open(path);
    const bytes = await file.readFile();
    await file.close();
    const at = (place: number) => new Float32Array(Uint8Array.from(bytes.subarray(place, place + 4 * WIDTH)).buffer);
    for (let row = rows - 1; row >= 0; row--) {
      if (Buffer.compare(bytesOf(at(places.a(row))), bytesOf(a(row))) !== 0) throw new Error(`a of row ${row}`);
      if (Buffer.compare(bytesOf(at(places.b(row))), bytesOf(b(row))) !== 0) throw new Error(`b of row ${row}`);
    }
    for (const row of [-1, rows, NaN]) expect(() => places.a(row)).toThrow(`has ${rows} rows, want row ${row}`);
    await table.close();
  });

  test('goes from page to page in a row group of several', async () => {
    const path = await foreign({}, 20_000);
    const table = await readTable(path, { a: COLUMNS.a });
    const place = await table.vectorPlaces('a');
    const file = await open(path);
    for (const row of [0, 8191, 8192, 8193, 16_384, 19_999]) {
      const into = new Float32Array(WIDTH);
      await file.read(bytesOf(into), 0, 4 * WIDTH, place(row));
      expect(into).toEqual(a(row));
    }
    await file.close();
    await table.close();
  });

  test.each<[Partial<Field>, RegExp]>([
    [{ compression: 'GZIP' }, /cannot be found: column "a" is compressed/],
    [{ optional: true }, /cannot be found: column "a" is not required/],
  ])('refuses a column with %j', async (field, reason) => {
    const table = await readTable(await foreign(field), { a: COLUMNS.a });
    const failure = table.vectorPlaces('a');
    await expect(failure).rejects.toThrow(reason);
    await expect(failure).rejects.toMatchObject({ code: 'bad-table' });
    await table.close();
  });
});

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
