import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrawRequest, StageRequest } from '../../src/workflow/executors/executor';
import { temporaryFolder } from './temporary-folder';
import { TOYS } from './toy-stages';

/** What an executor is asked for, to run a toy stage in a new folder that also holds its checkpoints. */
export async function toyRequest(stage: string, more: Partial<StageRequest> = {}): Promise<StageRequest> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'text'));
  return {
    stage: TOYS[stage]!,
    options: {},
    inputs: { texts: [] },
    folder,
    cores: 1,
    engine: '',
    earlier: [],
    checkpoints: folder,
    env: {},
    ...more,
  };
}

/** What an executor is asked for, to draw the pictures of a toy artifact that says the word. */
export async function toyDrawing(stage: string, word: string, more: Partial<DrawRequest> = {}): Promise<DrawRequest> {
  const { folder: artifact, cores, env } = await toyRequest(stage);
  await writeFile(join(artifact, 'text', 'text.txt'), word);
  return { stage: TOYS[stage]!, artifact, folder: await temporaryFolder(), cores, env, ...more };
}
