import type { ColumnMetadata, ParquetReader } from 'parquetjs-lite';
import { PageHeader } from 'parquetjs-lite/gen-nodejs/parquet_types';
import { decodeThrift } from 'parquetjs-lite/lib/util';
import { UserError } from '../../errors';

/** Longer than any header of a page without statistics. */
const HEADER = 1024;

/**
 * Finds where in a Parquet file the vectors of a column start, so that they can be read in any order: plain values of fixed length are stored one
 * after the other in a page. Reads the header of each page. Throws a `UserError` (`bad-table`) for a column that is compressed, encoded, or optional.
 * @returns the place of the vector of a row, in bytes from the start of the file
 */
export async function vectorPlaces(reader: ParquetReader, column: string): Promise<(row: number) => number> {
  const field = reader.schema.fields[column]!;
  if (field.repetitionType !== 'REQUIRED') throw notPlain(`column "${column}" is not required`);
  const pages: { readonly firstRow: number; readonly start: number }[] = [];
  let row = 0;
  for (const { columns, num_rows } of reader.metadata.row_groups) {
    const chunk = columns.find(({ meta_data }) => meta_data.path_in_schema.join() === column)!.meta_data;
    refuseOtherLayout(chunk, column);
    const end = row + Number(num_rows);
    let position = Number(chunk.data_page_offset);
    while (row < end) {
      const { values, start, next } = await readPageHeader(reader, position, column);
      pages.push({ firstRow: row, start });
      row += values;
      position = next;
    }
  }
  const width = field.typeLength!;
  return wanted => {
    if (!(wanted >= 0 && wanted < row)) throw new RangeError(`column "${column}" has ${row} rows, want row ${wanted}`);
    const { firstRow, start } = pages[lastAtMost(pages, wanted)]!;
    return start + (wanted - firstRow) * width;
  };
}

function refuseOtherLayout({ codec, dictionary_page_offset }: ColumnMetadata, column: string): void {
  if (codec !== 0) throw notPlain(`column "${column}" is compressed`);
  if (dictionary_page_offset !== null) throw notPlain(`column "${column}" has a dictionary`);
}

function notPlain(reason: string): UserError {
  return new UserError(reason, { code: 'bad-table' });
}

async function readPageHeader(
  { envelopeReader }: ParquetReader,
  position: number,
  column: string,
): Promise<{ readonly values: number; readonly start: number; readonly next: number }> {
  const header = new PageHeader();
  const bytes = await envelopeReader.read(position, Math.min(HEADER, envelopeReader.fileSize - position));
  const start = position + decodeThrift(header, bytes);
  const { data_page_header_v2: about, compressed_page_size: size } = header;
  const levels = about && about.definition_levels_byte_length + about.repetition_levels_byte_length;
  if (about?.encoding !== 0 || about.num_values <= 0 || levels !== 0)
    throw notPlain(`column "${column}" has a page at ${position} that is no page of plain values`);
  return { values: about.num_values, start, next: start + size };
}

function lastAtMost(pages: readonly { readonly firstRow: number }[], row: number): number {
  let [low, high] = [0, pages.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pages[middle]!.firstRow <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
