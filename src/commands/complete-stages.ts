import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { openPipeline } from './open-pipeline';

/** What a shell asks for behind the name of a pipeline file: ids of its stages, one a line; none when the file cannot be read. */
export async function completeStages(file: string, effects: Effects): Promise<number> {
  try {
    const { steps } = await openPipeline({ file, artifacts: 'artifacts' }, effects);
    const names = new Set(steps.flatMap(({ id }) => [id.split('@')[0]!, id]));
    effects.out.write([...names].map(name => `${name}\n`).join(''));
  } catch {
    // Nobody wants to read of mistakes while typing.
  }
  return EXIT.done;
}
