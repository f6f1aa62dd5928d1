import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KeyLeaves } from '../../workflow/store';
import type { CheckedPipeline } from '../../workflow/configuration/checked-pipeline';
import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';
import { findRun } from '../../workflow/history/find-run';
import { listRuns } from '../../workflow/history/read-runs';
import { explainPast } from '../../workflow/plan/explain-past';
import { keyOf } from '../../workflow/keys/step-key';
import { explainJson, explainText } from './explain-text';
import { openExistingStore } from '../shared/store-view';
import { openPipeline, type PipelineChoice } from '../shared/open-pipeline';
import { lookAhead } from '../shared/look-ahead';
import { printable } from '../../kit/text/printable';

export interface ExplainOptions extends PipelineChoice {
  readonly file: string;
  /** `stage` or `stage@run`. */
  readonly stage: string;
  readonly json?: boolean;
}

/** `pipeline explain`: all that is known about why a stage runs or not. Returns the exit code. */
export async function explainCommand(options: ExplainOptions, effects: Effects): Promise<number> {
  const pipeline = await openPipeline(options, effects);
  const at = options.stage.lastIndexOf('@');
  const isPresent = at < 0 || pipeline.steps.some(({ id }) => id === options.stage);
  return isPresent
    ? explainPresent(options, effects)
    : explainRun(pipeline, options, { stage: options.stage.slice(0, at), run: options.stage.slice(at + 1) }, effects);
}

async function explainPresent(options: ExplainOptions, effects: Effects): Promise<number> {
  const { planned } = await lookAhead({ ...options, stages: [options.stage] }, effects);
  // A name may stand for the cells of a matrix.
  const wanted = planned.filter(
    ({ planned: { stage } }) => stage === options.stage || stage.startsWith(`${options.stage}@`),
  );
  for (const [index, { planned: step, plan }] of wanted.entries()) {
    if (index > 0 && options.json !== true) effects.out.write('\n');
    const accepted = plan?.artifact?.action.accepted ?? null;
    print(step, { leaves: plan?.present.leaves ?? null, accepted }, options, effects);
  }
  return EXIT.done;
}

async function explainRun(
  pipeline: CheckedPipeline,
  options: ExplainOptions,
  { stage, run: wanted }: { readonly stage: string; readonly run: string },
  effects: Effects,
): Promise<number> {
  const root = resolve(effects.cwd, options.artifacts);
  const all = await listRuns(root);
  // Of several pipelines that share a folder, `latest` and `-2` mean runs of this one; a name says by itself which it is.
  const own = all.filter(each => each.pipeline === pipeline.name);
  const run = findRun(/^(latest|-\d+)$/.test(wanted) ? own : all, wanted);
  const record = run.stages.find(each => each.stage === stage);
  if (record?.key === undefined || record.key === null) {
    const stages = run.stages.map(each => each.stage).join(', ');
    throw new UserError(
      `Run ${run.id} of ${run.pipeline} did not reach stage "${stage}" of ${pipeline.name}; it has ${stages}`,
      {
        code: 'unknown-stage',
        exit: EXIT.usage,
      },
    );
  }
  const leaves = readLeaves(join(root, 'runs', run.id, 'stages', stage, 'key.json'), record.key);
  const past = { run: run.id, pipeline: run.pipeline, stage, uses: record.uses, key: record.key, leaves };
  const reused = record.status === 'reused';
  const step = await explainPast(
    { ...past, reused, started: run.started },
    await openExistingStore(options.artifacts, effects),
  );
  print(step, { leaves, accepted: null, past: { run: run.id, reused } }, options, effects);
  return EXIT.done;
}

function readLeaves(path: string, key: string): KeyLeaves {
  try {
    const leaves = JSON.parse(readFileSync(path, 'utf8')) as KeyLeaves;
    if (keyOf(leaves) === key) return leaves;
  } catch {
    // Missing or damaged: the message below covers both.
  }
  throw new UserError(
    `Cannot explain that run: ${path} is missing or damaged; leave out @run to explain the stage as it is now`,
    {
      code: 'history-incomplete',
      exit: EXIT.storage,
    },
  );
}

function print(
  step: Parameters<typeof explainText>[0],
  about: Pick<Parameters<typeof explainText>[1], 'leaves' | 'accepted' | 'past'>,
  { json }: ExplainOptions,
  { out, cwd, now }: Effects,
): void {
  const options = { ...about, cwd, now: now() };
  out.write(json === true ? explainJson(step, options) : printable(explainText(step, options)));
}
