import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, toyChildren } from './rig';
import { TOYS } from './toy-stages';

/** A program that runs a stage in a process of its own, and says so when the stage has begun: `toy-parent.ts <stage> <word>`. */
async function main(stage: string, word: string): Promise<void> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'text'));
  const request = {
    stage: TOYS[stage]!,
    options: { word },
    inputs: { texts: [] },
    folder,
    cores: 1,
    engine: '',
    earlier: [],
    checkpoints: folder,
    env: {},
  };
  await toyChildren()
    .run(request, new AbortController().signal)
    .forEach(event => {
      if (event.type === 'progress') process.stdout.write('begun\n');
    });
}

void main(process.argv[2]!, process.argv[3]!);
