import { acceptAction } from '../../workflow/store/actions/actions';
import { readAction } from '../../workflow/store';
import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';
import { stepsNamed } from '../../workflow/plan/selection';
import type { PipelineChoice } from '../shared/open-pipeline';
import { lookAhead } from '../shared/look-ahead';
import { printable } from '../../kit/text/printable';

export interface AcceptCommandOptions extends PipelineChoice {
  readonly stage: string;
  readonly because: string;
}

/**
 * `pipeline accept`: the nearest earlier result of a stage is to hold for it as it is now, for a reason that stays in its lineage. Returns the
 * exit code.
 */
export async function acceptCommand(options: AcceptCommandOptions, effects: Effects): Promise<number> {
  const { out } = effects;
  if (options.because.trim() === '')
    throw refusal('give a reason why the earlier result is still right: --because "…"', EXIT.usage);
  const { pipeline, planned, site } = await lookAhead({ ...options, stages: [options.stage] }, effects);
  const { store } = site;
  for (const id of stepsNamed(pipeline, options.stage)) {
    const { planned: step, plan } = planned.find(stage => stage.planned.stage === id)!;
    if (step.state === 'hit') {
      out.write(printable(`${id}: its result exists; nothing to accept\n`));
      continue;
    }
    if (plan === undefined) throw refusal(`"${id}" waits for ${step.needs.join(', ')}: accept or run those first`);
    const from = step.nearest === null ? undefined : await readAction(store, step.nearest.key);
    if (from === undefined) throw refusal(`"${id}" has no earlier result: run it`);
    const { present, key, inputs } = plan;
    const to = { key, leaves: present.leaves, pipeline: pipeline.name, step: id, options: plan.step.options };
    await acceptAction(store, from, { ...to, inputs: inputs.map(input => input.record) }, options.because.trim());
    out.write(
      printable(
        `${id}: the result of run ${from.run} (${from.key.slice(0, 8)}) is now accepted for ${key.slice(0, 8)}\n`,
      ),
    );
    for (const { leaf, text } of step.because)
      if (!NO_DIFFERENCE.has(leaf)) out.write(`  difference: ${printable(text)}\n`);
  }
  return EXIT.done;
}

/** Reasons about the start of a run, which are no differences between the results. */
const NO_DIFFERENCE: ReadonlySet<string> = new Set(['rows', 'checkpoint']);

function refusal(reason: string, exit: number = EXIT.stageFailed): UserError {
  return new UserError(`Cannot accept: ${reason}`, { code: 'cannot-accept', exit });
}
