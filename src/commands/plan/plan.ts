import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import type { PipelineChoice } from '../shared/open-pipeline';
import { lookAhead } from '../shared/look-ahead';
import { planText } from './plan-text';
import type { SelectionOptions } from '../shared/selection-options';
import { textWidth } from '../shared/text-width';
import { printable } from '../../kit/text/printable';

export interface PlanCommandOptions extends PipelineChoice, SelectionOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** `pipeline plan` and `pipeline run --dry-run`: what a run would do, and why. Returns the exit code. */
export async function planCommand(options: PlanCommandOptions, effects: Effects): Promise<number> {
  const { planned } = await lookAhead(options, effects);
  const steps = planned.map(stage => stage.planned);
  // Equal results have one set of pictures.
  const drawings = new Set(planned.flatMap(({ draws }) => draws ?? [])).size;
  const { out, cwd } = effects;
  if (options.json === true) {
    for (const step of steps) out.write(`${JSON.stringify(step)}\n`);
    return EXIT.done;
  }
  out.write(
    printable(
      planText(steps, { cwd, columns: textWidth(out), now: effects.now(), all: options.all === true, drawings }),
    ),
  );
  return EXIT.done;
}
