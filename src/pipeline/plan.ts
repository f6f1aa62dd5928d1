import { EXIT, UserError } from '../errors';
import { suggestion } from '../util/quote';
import type { CheckedPipeline, CheckedStep } from '../configuration/checked-pipeline';

/** Ids of the steps that a step reads from, each once. */
export function needsOf(step: CheckedStep): string[] {
  return [...new Set(Object.values(step.inputs).flatMap(outputs => outputs.map(output => output.step)))];
}

/**
 * The steps that the targets ask for and what they need, in the order of the pipeline; all steps when there are no targets.
 * Throws UserError `unknown-stage` with the nearest name.
 */
export function planSteps(pipeline: CheckedPipeline, targets: readonly string[]): CheckedStep[] {
  for (const target of targets) assertKnown(pipeline, target);
  if (targets.length === 0) return [...pipeline.steps];
  const wanted = new Set(targets);
  // Dependencies come first, so one pass from the end finds them all.
  for (const step of [...pipeline.steps].reverse()) {
    if (wanted.has(step.id)) for (const need of needsOf(step)) wanted.add(need);
  }
  return pipeline.steps.filter(step => wanted.has(step.id));
}

/** Steps that no other step of the plan reads. */
export function finalSteps(steps: readonly CheckedStep[]): CheckedStep[] {
  const read = new Set(steps.flatMap(needsOf));
  return steps.filter(step => !read.has(step.id));
}

/** Throws UserError `unknown-stage` unless the pipeline has such a step. */
export function assertKnown(pipeline: CheckedPipeline, id: string): void {
  const ids = pipeline.steps.map(step => step.id);
  if (ids.includes(id)) return;
  const hint = suggestion(id, ids);
  throw new UserError(`Pipeline "${pipeline.name}" has no stage "${id}"${hint}; it has ${ids.join(', ')}`, {
    code: 'unknown-stage',
    exit: EXIT.usage,
  });
}
