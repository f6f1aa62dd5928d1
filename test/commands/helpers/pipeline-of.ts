import type { CheckedPipeline, CheckedStep, StepOutput } from '../../../src/workflow/configuration/checked-pipeline';
import type { PlannedStep } from '../../../src/workflow/plan/planned-step';
import type { AnyStage } from '../../../src/stage';

/** A checked pipeline of steps that do nothing: `{mix: {real: ['align.faces']}}` connects the port `real` of `mix`. */
export function pipelineOf(
  steps: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  rest: Partial<CheckedPipeline> = {},
): CheckedPipeline {
  return {
    name: 'toy',
    file: '/proj/pipelines/toy.yaml',
    steps: Object.entries(steps).map(([id, inputs]) => stepOf(id, inputs)),
    sources: [],
    profiles: [],
    params: {},
    secrets: {},
    ...rest,
  };
}

/** A planned step with nothing to say, but for what is given. */
export function plannedStep(stage: string, rest: Partial<PlannedStep> = {}): PlannedStep {
  return {
    stage,
    uses: 'toy-stage',
    needs: [],
    state: 'miss',
    key: 'ab'.repeat(32),
    because: [],
    nearest: null,
    saves: null,
    expected: null,
    ...rest,
  };
}

function stepOf(id: string, inputs: Readonly<Record<string, readonly string[]>>): CheckedStep {
  const stage = { name: 'toy-stage', summary: 'Does nothing', version: 1, options: {}, inputs: {}, outputs: {} };
  return {
    id,
    stage: stage as unknown as AnyStage,
    options: {},
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, names]) => [port, names.map(outputOf)])),
    resources: {},
    retry: { times: 0, delay: 1 },
    limits: {},
    env: {},
    place: { file: '/proj/pipelines/toy.yaml', line: 1, column: 1, text: id },
    placesOf: () => [],
  };
}

function outputOf(name: string): StepOutput {
  const [step, port = 'out'] = name.split(':');
  return { step: step!, port };
}
