import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComparedPairs } from '../src/evaluation/scoring/compare-pairs';
import type { AboutRecogniser } from '../src/embedding/recogniser/describe-recogniser';
import type { DrawnLook } from '../src/embedding/views/looks';
import {
  recogniserCompanions,
  recogniserOptions,
  type RecogniserChoice,
} from '../src/embedding/recogniser/recogniser-options';
import { ALLOW_DUPLICATES } from '../src/leakage/duplicate-options';
import type { TestChecks } from '../src/leakage/check-test';
import type { FaceSet } from '../src/data/face-set';
import type { PairList } from '../src/data/pair-list';
import type { GroupEvaluation, OverallEvaluation } from '../src/evaluation/metrics/evaluation';
import type { Comparisons } from '../src/evaluation/metrics/metric';
import type { Stage, StageContext } from '../src/stage';
import { stageTask, type Emit } from '../src/stage-task';

interface EvaluateOptions extends RecogniserChoice {
  readonly label: string;
  readonly role: 'teacher' | 'distilled' | 'plain' | 'other';
  readonly allowExcluded?: number;
  readonly allowOverlap?: number;
  readonly allowDuplicates?: number;
}

/** A group that has lost more pairs than that is not the group that the list describes. */
const ALLOW_EXCLUDED = 0.1;

/** Verifies pairs of faces with a model and measures how well it does on each group. */
export const evaluateStudent: Stage<EvaluateOptions> = {
  name: 'evaluate-student',
  summary: 'Compares the pairs of a test split with a model: ten-fold accuracy, ROC and error rates for each group',
  version: 1,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      label: { type: 'string', pattern: '\\S', default: 'student', description: 'What the report calls this model' },
      role: {
        type: 'string',
        enum: ['teacher', 'distilled', 'plain', 'other'],
        default: 'other',
        description: 'Part of the model in the comparison; `plain` is a student that was trained without a teacher',
      },
      allowExcluded: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: ALLOW_EXCLUDED,
        description:
          'Share of the pairs of each group that may be left out because a photograph gave no face. They are counted by group in the report',
      },
      allowOverlap: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0,
        description: 'Share of the test faces of a group that the model, or its teacher, may have learnt from',
      },
      allowDuplicates: ALLOW_DUPLICATES,
      ...recogniserOptions('model', 'warn'),
    },
  },
  companions: recogniserCompanions,
  inputs: {
    model: { type: 'face-model', summary: 'The model to evaluate; or give the option `model`', optional: true },
    faces: { type: 'face-set', summary: 'Faces of the test split' },
    pairs: { type: 'pair-list', summary: 'Verification pairs of the test split' },
  },
  outputs: { evaluation: { type: 'evaluation', summary: 'Score of every pair, and the metrics of every group' } },
  run: context => stageTask(emit => evaluate(context, emit)),
};

async function evaluate(context: StageContext<EvaluateOptions>, emit: Emit): Promise<void> {
  const { comparePairs, facesInPairs } = await import('../src/evaluation/scoring/compare-pairs');
  const { aboutRecogniser, describeRecogniser } = await import('../src/embedding/recogniser/describe-recogniser');
  const { examineRecogniser } = await import('../src/embedding/recogniser/examine-recogniser');
  const { openGivenModel, refuseWrongRole } = await import('../src/embedding/recogniser/face-model');
  const { settleFindings } = await import('../src/embedding/recogniser/judge-recogniser');
  const { checkTest } = await import('../src/leakage/check-test');
  const { readPairs } = await import('../src/data/pair-list');
  const { openFaceSet } = await import('../src/data/face-set');
  const { options, inputs, cores, signal } = context;
  const pairs = await readPairs(inputs['pairs']![0]!.folder);
  const faces = await openFaceSet(inputs['faces']![0]!.folder);
  try {
    // Before the work, because its result might be of no use.
    const checks = await checkTest({ faces, pairs, ...testOf(context) }, emit);
    const opened = await openGivenModel('model', inputs['model'], options, { faceSize: faces.size, cores });
    const { model, recogniser } = opened;
    try {
      refuseWrongRole(model, options.role);
      emit({ type: 'log', level: 'info', text: describeRecogniser('Model', model, recogniser) });
      const rows = facesInPairs(faces, pairs);
      const examination = await examineRecogniser({ faces, rows, recogniser, signal });
      const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
      settleFindings(examination, options.suspicious ?? 'warn', warn);
      if (examination.findings.length > 0)
        emit({ type: 'metrics', values: { suspicious: examination.findings.map(({ code }) => code) } });
      const total = pairs.paths.length;
      const onProgress = (done: number): void => emit({ type: 'progress', done, total, unit: 'faces' });
      const compared = await comparePairs({ faces, pairs, recogniser, signal, onProgress });
      const { training } = model;
      const about = {
        ...checks,
        model: { ...aboutRecogniser(model, recogniser, examination), ...(training && { training }) },
      };
      await writeResults(context, faces, pairs, compared, about, emit);
    } finally {
      await recogniser.close();
    }
  } finally {
    await faces.close();
  }
}

function testOf({ inputs, options, folder }: StageContext<EvaluateOptions>) {
  const { allowOverlap = 0, allowDuplicates = 0 } = options;
  const [pairsFolder, modelFolder] = [inputs['pairs']![0]!.folder, inputs['model']?.[0]?.folder];
  return { stage: inputs['faces']![0]!.stage, pairsFolder, modelFolder, allowOverlap, allowDuplicates, folder };
}

async function writeResults(
  context: StageContext<EvaluateOptions>,
  faces: FaceSet,
  pairs: PairList,
  compared: ComparedPairs,
  about: TestChecks & { readonly model: AboutRecogniser },
  emit: Emit,
): Promise<void> {
  const { comparisonsByGroup, listExcluded, refuseExcluded, tellExcluded, writeScores } =
    await import('../src/evaluation/scoring/pair-scores');
  const { everyGroup, withKnown } = await import('../src/leakage/every-group');
  const { evaluateGroup, evaluateOverall, PROTOCOL } = await import('../src/evaluation/metrics/evaluation');
  const { label, role, allowExcluded = ALLOW_EXCLUDED } = context.options;
  const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
  const known = everyGroup(pairs, faces.info);
  const { comparisons: all, excluded } = comparisonsByGroup(pairs, compared);
  refuseExcluded(known, excluded, allowExcluded);
  if (excluded.size > 0) {
    await writeFile(join(context.folder, 'excluded-pairs.txt'), listExcluded(pairs, compared));
    const told = tellExcluded(known, excluded);
    if (told !== undefined) warn(told);
  }
  const none: Comparisons = { scores: [], genuine: [], folds: [] };
  const groups = known.map(one => {
    const own = all.get(one.group) ?? none;
    return withKnown(one, evaluateGroup(one.group, own, excluded.get(one.group) ?? 0, one.listedPairs));
  });
  for (const { group, accuracy, reason } of groups) {
    if (accuracy === null) warn(`Group ${group} has no accuracy: ${reason ?? 'not known'}`);
  }
  // What has nothing to draw or to pool.
  const comparisons = new Map([...all].filter(([, own]) => own.scores.length > 0));
  const overall = evaluateOverall(groups, comparisons);
  const folder = context.output('evaluation');
  await writeScores(join(folder, 'scores.parquet'), pairs, compared);
  const drawn = faces.info.drawn && { drawn: true };
  const evaluation = { ...about, ...drawn, label, role, protocol: PROTOCOL, groups, overall };
  await writeFile(join(folder, 'evaluation.json'), JSON.stringify(evaluation, null, 2) + '\n');
  emit({ type: 'metrics', values: headMetrics(groups, overall) });
  for (const { file, caption, content } of await looksOf(label, faces, pairs, compared, groups, comparisons)) {
    await writeFile(join(context.folder, file), content);
    emit({ type: 'look', file, caption });
  }
}

function headMetrics(groups: readonly GroupEvaluation[], { mean, stdDdof0, ser }: OverallEvaluation) {
  const accuracy = Object.fromEntries(groups.map(one => [one.group, one.accuracy]));
  return { accuracy, mean, stdDdof0, ser };
}

async function looksOf(
  label: string,
  faces: FaceSet,
  pairs: PairList,
  compared: ComparedPairs,
  groups: readonly GroupEvaluation[],
  comparisons: ReadonlyMap<string, Comparisons>,
): Promise<DrawnLook[]> {
  const { hardestPairsLook } = await import('../src/evaluation/scoring/hardest-pairs');
  const { rocChart, scoresChart } = await import('../src/evaluation/metrics/evaluation-charts');
  const byName = new Map(groups.map(one => [one.group, one]));
  const cosineThreshold = (pair: number): number | null => {
    const threshold = byName.get(pairs.groups[pairs.groupOf[pair]!]!)?.thresholds[pairs.folds[pair]!];
    return threshold == null ? null : 1 - threshold / 2;
  };
  return [
    {
      file: 'scores.svg',
      caption: 'Cosines of genuine and of impostor pairs, all groups together',
      content: scoresChart(label, comparisons),
    },
    {
      file: 'roc.svg',
      caption: 'True match rate over false match rate, by group',
      content: rocChart(label, comparisons),
    },
    await hardestPairsLook(faces, pairs, compared, cosineThreshold),
  ];
}
