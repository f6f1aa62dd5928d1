import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageRequest } from '../../src/workflow/executors';
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
