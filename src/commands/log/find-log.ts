import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { producerJson, producerText } from './find-producer';
import { openStoreView } from '../shared/store-view';

export interface LogCommandOptions {
  /** A path, or the beginning of a digest. */
  readonly subject: string;
  readonly json?: boolean;
  readonly artifacts: string;
}

/** `pipeline log`: what made a file. Returns the exit code. */
export async function logCommand({ subject, json, artifacts }: LogCommandOptions, effects: Effects): Promise<number> {
  const view = await openStoreView(artifacts, effects);
  effects.out.write(await (json === true ? producerJson : producerText)(subject, view));
  return EXIT.done;
}
