import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lies in the root of a folder of drawn photographs, and goes with it wherever it is copied. */
export const DRAWN_MARK = 'drawn-faces.json';

/** Says of a folder of photographs that they are drawings, for whoever reads it: what is measured on them says nothing about people. */
export async function markDrawn(root: string): Promise<void> {
  await writeFile(join(root, DRAWN_MARK), JSON.stringify({ drawn: true }) + '\n');
}

export async function isDrawn(root: string): Promise<boolean> {
  return stat(join(root, DRAWN_MARK)).then(
    found => found.isFile(),
    () => false,
  );
}
