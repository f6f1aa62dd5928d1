import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { initFolder } from '.';
import { schemaText } from '../schema/schema';

export interface InitCommandOptions {
  readonly folder: string;
  readonly template?: string;
}

/** `pipeline init`. Returns the exit code. */
export async function initCommand({ folder, template }: InitCommandOptions, { out, cwd }: Effects): Promise<number> {
  out.write(await initFolder(folder, { cwd, template, schema: schemaText() }));
  return EXIT.done;
}
