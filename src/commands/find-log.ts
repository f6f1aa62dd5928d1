import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { producerText } from './find-producer';
import { openShelf } from './open-artifact';

export interface LogCommandOptions {
  /** A path, or the beginning of a digest. */
  readonly subject: string;
  readonly artifacts: string;
}

/** `pipeline log`: what made a file. Returns the exit code. */
export async function logCommand({ subject, artifacts }: LogCommandOptions, effects: Effects): Promise<number> {
  effects.out.write(await producerText(subject, await openShelf(artifacts, effects)));
  return EXIT.done;
}
