import { existsSync } from 'node:fs';
import { open, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyStage, FinishedArtifact, Picture } from '../../src/stage';
import type { ToyStep } from '../helpers/rig';
import { readTexts, say, toyStage, writeText } from '../helpers/toy-stages';

/** Reads files from outside the store, and has a picture. */
const read = toyStage(
  'read',
  async (context, emit) => {
    const folder = String(context.options['folder']);
    const texts = await Promise.all((await readdir(folder)).sort().map(name => readFile(join(folder, name), 'utf8')));
    await writeText(context, texts.join(' '));
    await writeFile(join(context.output('text'), 'place.local.json'), JSON.stringify({ kind: 'toy' }));
    emit({ type: 'metrics', values: { files: texts.length } });
  },
  {
    options: {
      type: 'object',
      additionalProperties: false,
      properties: { folder: { type: 'string', format: 'input-path', description: 'Folder of texts' } },
    },
    pictures: () => Promise.resolve({ draw }),
  },
);

async function* draw(artifact: FinishedArtifact): AsyncGenerator<Picture> {
  const text = await readFile(join(artifact.output('text'), 'text.txt'), 'utf8');
  // For processes that are to draw the same at once.
  await new Promise(resolve => setTimeout(resolve, Number(process.env['FAULT_SLOW_MS'] ?? 0)));
  yield { file: 'text.svg', caption: 'What was read', content: text };
}

/** Works in two parts, and keeps the first for an attempt that comes after it. */
const slow = toyStage('slow', async (context, emit) => {
  const kept = join(context.checkpoints.folder, 'part');
  if (existsSync(kept)) emit({ type: 'resumed', at: 'part 2 of 2' });
  else {
    const file = await open(`${kept}.tmp`, 'w');
    try {
      await file.writeFile(await readTexts(context));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${kept}.tmp`, kept);
    context.checkpoints.saved();
  }
  // For processes that are to meet while it works.
  await new Promise(resolve => setTimeout(resolve, Number(process.env['FAULT_SLOW_MS'] ?? 0)));
  emit({ type: 'log', level: 'info', text: 'the first part is there' });
  for (const step of [1, 2]) emit({ type: 'scalars', step, values: { loss: 1 / step } });
  emit({ type: 'metrics', values: { parts: 2 } });
  await writeText(context, `${await readFile(kept, 'utf8')} slowly `);
});

export const FAULT_STAGES: Readonly<Record<string, AnyStage>> = { read, slow, say };

/** A step that reads, two that need it, and one that needs both and says the word. */
export const FAULT_STEPS = (folder: string, word = 'd'): Record<string, ToyStep> => ({
  a: { uses: 'read', with: { folder } },
  b: { uses: 'slow', from: ['a'] },
  c: { uses: 'say', from: ['a'], with: { word: 'c' } },
  d: { uses: 'say', from: ['b', 'c'], with: { word } },
});
