import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { STAGES } from '../../../stages';
import { openPipeline } from '../shared/open-pipeline';

/**
 * Candidates of a shell after the name of a pipeline file: ids of its stages, one per line; none when the file cannot be read. Without a file, the
 * stages that a pipeline can use.
 */
export async function completeStages(file: string | undefined, effects: Effects): Promise<number> {
  if (file === undefined) {
    effects.out.write(
      Object.keys(STAGES)
        .map(name => `${name}\n`)
        .join(''),
    );
    return EXIT.done;
  }
  try {
    const { steps } = await openPipeline({ file, artifacts: 'artifacts' }, effects);
    const names = new Set(steps.flatMap(({ id }) => [id.split('@')[0]!, id]));
    effects.out.write([...names].map(name => `${name}\n`).join(''));
  } catch {
    // No error messages while typing.
  }
  return EXIT.done;
}
