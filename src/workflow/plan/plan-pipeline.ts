import { readPictures, type Artifact } from '../store';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { needsOf } from './selection';
import type { PlannedStep } from './planned-step';
import { createPlanner, type BoundInput, type Plan, type PlannerOptions } from './planner';

export interface PlanOptions extends PlannerOptions {
  /** Steps to plan, dependencies first; it must include every step that these need. */
  readonly steps: readonly CheckedStep[];
  /** Ids of steps to execute even if their results exist. */
  readonly forced: ReadonlySet<string>;
}

export interface PlannedStage {
  readonly planned: PlannedStep;
  /** Undefined while its key is not known. */
  readonly plan: Plan | undefined;
  /** Id of the object whose pictures a run would draw, because they are missing or their code has changed. */
  readonly draws?: string;
}

/** What a run would do with each step. Executes and names nothing. */
export async function planPipeline(options: PlanOptions): Promise<PlannedStage[]> {
  const planner = createPlanner(options);
  const artifacts = new Map<string, Artifact>();
  const results: PlannedStage[] = [];
  for (const step of options.steps) {
    const waitsFor = needsOf(step).filter(need => !artifacts.has(need));
    if (waitsFor.length > 0) {
      results.push({ planned: await planner.pending(step, waitsFor), plan: undefined });
      continue;
    }
    const plan = await planner.plan(step, bindInputs(step, artifacts), options.forced.has(step.id));
    const artifact = plan.planned.state === 'hit' ? plan.artifact : undefined;
    if (artifact !== undefined) artifacts.set(step.id, artifact);
    const code = plan.pictures?.digest;
    const draws = artifact !== undefined && code !== undefined && readPictures(artifact.folder)?.code !== code;
    results.push({ planned: plan.planned, plan, ...(draws && { draws: artifact.action.object }) });
  }
  return results;
}

/** The artifacts that a step reads; all of them must exist. */
export function bindInputs(step: CheckedStep, artifacts: ReadonlyMap<string, Artifact>): BoundInput[] {
  return Object.entries(step.inputs).flatMap(([port, sources]) =>
    sources.map(source => {
      const { folder, manifest, action } = artifacts.get(source.step)!;
      const { digest } = manifest.outputs[source.port]!;
      const { key, object } = action;
      return {
        record: { port, step: source.step, output: source.port, digest, key, object },
        input: { stage: source.step, folder: `${folder}/${source.port}`, digest },
      };
    }),
  );
}
