import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { nameArtifact } from '../../../src/workflow/store/names';
import { listActions, openStore, type Store } from '../../../src/workflow/store/store';
import {
  beginArtifact,
  commitArtifact,
  type Committed,
  type Draft,
} from '../../../src/workflow/store/objects/workspace';
import { writeSafetensors } from '../../../src/models/safetensors';
import { writeTable } from '../../../src/data/tables/write-table';
import { DRAFT, KEY } from '../../helpers/artifacts';
import { temporaryFolder } from '../../helpers/temporary-folder';
import { encodeOnnx } from '../../helpers/tiny-onnx';

export const NOW = Date.parse('2026-01-01T02:00:00Z');

/** A store with one artifact, `toy/one`, that holds a file of every kind. */
export async function shownStore(draft: Partial<Draft> = {}) {
  const root = await temporaryFolder();
  const store = await openStore(root, { now: () => NOW, randomName: () => Math.random().toString(16).slice(2) });
  const made = await commitFiles(store, KEY, draft, async folder => {
    await writeFile(join(folder, 'text/text.txt'), 'first\nsecond\u001b[2J\n');
    await writeFile(join(folder, 'data.csv'), 'name,count\n"a, ""b""",1\nc,20\n');
    await writeFile(join(folder, 'numbers.json'), '{"a":[1,2],"b":"x"}');
    await writeFile(join(folder, 'log.txt'), 'began\nended\n');
    await writeFile(join(folder, 'noise.bin'), Buffer.from([1, 0, 2]));
    await writeFile(join(folder, 'empty.txt'), '');
    await writePicture(join(folder, 'red.png'));
    await writeModel(join(folder, 'model.onnx'));
    const weights = new Map([['w', { shape: [2, 3], values: new Float32Array(6) }]]);
    await writeSafetensors(join(folder, 'weights.safetensors'), weights, { by: 'test' });
    await writeRows(join(folder, 'rows.parquet'));
    for (let i = 0; i < 30; i++) await writeFile(join(folder, `text/many-${i}.jpg`), '');
  });
  await nameArtifact(store, 'toy', 'one', made.action.object);
  return { root, store, made, actions: await listActions(store) };
}

/** Commits an artifact with what `write` puts into its folder. */
export async function commitFiles(
  store: Store,
  key: string,
  draft: Partial<Draft>,
  write: (folder: string) => Promise<void>,
): Promise<Committed> {
  const workspace = await beginArtifact(store, key, ['text']);
  await mkdir(dirname(join(workspace.folder, 'text/x')), { recursive: true });
  await write(workspace.folder);
  return commitArtifact(store, workspace, { ...DRAFT, ...draft });
}

async function writePicture(path: string): Promise<void> {
  await sharp({ create: { width: 4, height: 3, channels: 3, background: '#ff0000' } })
    .png()
    .toFile(path);
}

async function writeModel(path: string): Promise<void> {
  const model = encodeOnnx({
    inputs: [{ name: 'input', shape: ['N', 4] }],
    initializers: { w: { shape: [4, 2], values: new Float32Array(8) }, b: { shape: [2], values: new Float32Array(2) } },
    nodes: [{ op: 'Gemm', in: ['input', 'w', 'b'], out: 'output' }],
    outputs: [{ name: 'output', shape: ['N', 2] }],
  });
  await writeFile(path, model);
}

async function writeRows(path: string): Promise<void> {
  const rows = Array.from({ length: 25 }, (_, i) => ({
    name: i === 0 ? 'zero\u001b[2J' : `row ${i}`,
    score: i % 2 === 0 ? i / 3 : null,
    vector: Float32Array.of(i, 0.5, -1, 2),
  }));
  const columns = {
    name: { type: 'string' },
    score: { type: 'double', optional: true },
    vector: { type: 'vector', width: 4 },
  } as const;
  await writeTable(path, columns, rows, { teacher: 'abc' });
}
