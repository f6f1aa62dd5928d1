import { messageOf } from '../../errors';
import type { Row } from '../../data/tables/table';
import { checkOf, openStoredEmbeddings, type FaceEmbeddings, type TeacherTraits } from '../../data/embedding-set';
import type { RowSource, Warn } from './row-source';

/**
 * The rows of an embedding set, each compared with its check number when it is read. Undefined, after a warning, when the set is of
 * another teacher or cannot be read. Holds one row group.
 */
export async function earlierEmbeddings(
  folder: string,
  teacher: TeacherTraits,
  warn: Warn,
): Promise<RowSource | undefined> {
  let table;
  try {
    table = await openStoredEmbeddings(folder, teacher);
  } catch (error) {
    warn(`No embeddings are taken from an earlier run: ${messageOf(error)}`);
    return undefined;
  }
  const { groups } = table;
  let damaged = false;
  const readGroup = async (index: number): Promise<readonly Row[]> => {
    try {
      return await table.readGroup(index);
    } catch (error) {
      note(messageOf(error));
      return [];
    }
  };
  const note = (reason: string): void => {
    if (!damaged) warn(`Embeddings of an earlier run are damaged and are computed again: ${reason}`);
    damaged = true;
  };
  let last: { readonly index: number; readonly rows: readonly Row[] } | undefined;
  return {
    async *keys() {
      try {
        for await (const { key } of table.select('key')) yield String(key);
      } catch (error) {
        note(messageOf(error));
      }
    },
    async read(rows) {
      const found: (FaceEmbeddings | undefined)[] = [];
      let [index, start] = [0, 0];
      for (const row of rows) {
        while (row >= start + (groups[index] ?? Infinity)) start += groups[index++]!;
        if (last?.index !== index) last = { index, rows: await readGroup(index) };
        const one = soundRow(last.rows[row - start]);
        if (!one) note(`${table.path}: row ${row} is not the one that was written`);
        found.push(one);
      }
      return found;
    },
    close: () => table.close(),
  };
}

function soundRow(row: Row | undefined): FaceEmbeddings | undefined {
  if (row === undefined) return undefined;
  const { key, embedding, embedding_flipped, norm, norm_flipped, check } = row;
  // The columns were checked when the table was opened.
  const one = {
    key,
    embedding,
    embeddingFlipped: embedding_flipped,
    norm,
    normFlipped: norm_flipped,
  } as FaceEmbeddings;
  return checkOf(one) === check ? one : undefined;
}
