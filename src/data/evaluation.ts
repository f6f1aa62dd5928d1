import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import { messageOf, UserError } from '../errors';
import { choice, flag, integer, list, mapOf, nullable, number, object, optional, text } from '../kit/options';
import type { Option, TypeOf } from '../kit/option-types';

/** Raised when a reader of the version before would be wrong about the file. */
const VERSION = 2;

/** Folds of every evaluation. */
export const FOLDS = 10;

const filled = (description: string): Option<string> => text(description, { minLength: 1 });
const count = (description: string): Option<number> => integer(description, { minimum: 0 });
const percent = (description: string): Option<number> => number(description, { minimum: 0, maximum: 100 });
const byFold = <T>(description: string, one: Option<T>): Option<readonly T[]> => ({
  ...{ type: 'array', items: one, minItems: FOLDS, maxItems: FOLDS, description },
});
const numbers = (description: string): Option<number | readonly number[]> => ({
  ...{ type: ['number', 'array'], items: number('A number'), description },
});
const anyMap = (description: string): Option<Readonly<Record<string, unknown>>> => ({ type: 'object', description });

const TRAINING = object('How the model was trained, as model.json has it', {
  teacher: optional(filled('Digest of the model that it learnt from, hex')),
  recipe: anyMap('Options of the training'),
  trainedOn: object('Digests of artifacts, the number of faces, and what learnt from the teacher', {
    faces: optional(list('Face sets', filled('A digest'))),
    selection: optional(filled('A digest')),
    images: optional(count('Faces')),
    taughtBy: optional(list('Terms that learnt from the teacher', filled('A name'))),
  }),
});

const PREPROCESSING = object('What becomes of a pixel 0..255: the model sees (pixel - mean) / scale', {
  size: optional(count('Edge of a face in pixels')),
  channels: filled('Their order'),
  layout: filled('NCHW or NHWC'),
  mean: numbers('One, or one for each channel'),
  scale: numbers('One, or one for each channel'),
});

const MODEL = object('What was evaluated', {
  architecture: filled('In words'),
  embeddingSize: count('Numbers of an embedding'),
  parameters: optional(count('Trained numbers')),
  sha256: filled('Of the weights'),
  preprocessing: optional(PREPROCESSING),
  sample: optional(
    object('A sample of its embeddings; left out where none was examined', {
      findings: optional(list('What looked wrong, by code', filled('A code'))),
    }),
  ),
  doubts: optional(list('What is doubtful about its training', filled('A phrase'))),
  training: optional(TRAINING),
});

const METRIC = object('A metric that was measured', {
  metric: filled('Its name'),
  label: filled('Heading of its column; where a metric is measured `at` several places, the place follows'),
  definition: filled('Direction of the threshold, ties, interpolation, denominators; one sentence for the report'),
  unit: choice('Percent 0..100, a rate 0..1 that is shown in percent, or a plain number', [
    'percent',
    'rate',
    'number',
  ]),
  better: choice('Which of two values is better', ['higher', 'lower']),
});

const MEASUREMENT = object('One number of one group', {
  metric: filled('Name of the metric'),
  group: filled('Name of the group'),
  at: optional(number('Where it was measured, such as the false match rate of a TAR')),
  value: nullable(number('The number; null: see `reason`')),
  reason: optional(filled('Why `value` is null')),
  note: optional(filled('A reservation about a value that is given')),
  threshold: optional(nullable(number('Cosine from which pairs match; null when none does'))),
});

const SPREAD = object('A spread that was computed', {
  spread: filled('Its name'),
  label: filled('Heading of its column'),
  definition: filled('One sentence for the report'),
  unit: choice('Unit of its numbers', ['of the metric', 'none']),
});

const GROUP_SPREAD = object('One number of all groups together', {
  spread: filled('Name of the spread'),
  metric: filled('Name of the metric'),
  at: optional(number('Where the metric was measured')),
  groups: count('Groups with a value, over which it is'),
  value: nullable(number('The number; null: see `reason`')),
  reason: optional(filled('Why `value` is null')),
});

const GROUP = object('Pairs of a group, and how many of them are decided rightly, by fold', {
  group: filled('Its name'),
  listedPairs: count('Pairs of the list, excluded ones too; 0 for a group that is named somewhere and has none'),
  excludedPairs: count('Pairs of the list that could not be compared because alignment skipped a face'),
  pairs: count('Pairs that were compared'),
  genuine: count('Of these, pairs of one person'),
  impostor: count('Of these, pairs of two people'),
  accuracy: nullable(percent('Mean over the folds that have pairs of both kinds; null: see `reason`')),
  reason: optional(filled('Why `accuracy` is null')),
  remarks: optional(list('What a reader must know of a value that is given', filled('A sentence'))),
  foldAccuracies: byFold('Percent; null for a fold that does not count', nullable(percent('Of a fold'))),
  foldStd: nullable(number('Standard deviation of the fold accuracies, ddof 0, percentage points')),
  thresholds: byFold('Chosen on the other folds, squared L2 distance', nullable(number('Of a fold'))),
  foldSizes: byFold('Pairs', count('Of a fold')),
  accuracyGrid: nullable(percent('Accuracy by the thresholds of insightface, 0..3.99 by 0.01')),
  photographs: optional(
    object('Photographs of the group; left out when none was lost', {
      listed: count('All that are named'),
      lost: mapOf('Those that gave no face, by reason', count('Photographs')),
    }),
  ),
});

const OVERALL = object('How unequal the accuracies are, over the groups that have one', {
  mean: nullable(number('Percent; null when no group has an accuracy')),
  stdDdof0: nullable(number('Standard deviation with divisor n, percentage points; null below two groups')),
  stdDdof1: nullable(number('With divisor n - 1')),
  stdReason: optional(filled('Why the standard deviations are null')),
  ser: nullable(number('Skewed error ratio: max error / min error, at least 1')),
  serReason: optional(filled('Why `ser` is null')),
  missing: list(
    'Groups without an accuracy: nothing of the above is about them',
    object('A group', { group: filled('Its name'), reason: filled('Why it has none') }),
  ),
  globalThreshold: object('One threshold for all groups', {
    rule: filled('How it was chosen'),
    threshold: nullable(number('Squared L2 distance; null when no group has an accuracy')),
    cosine: nullable(number('The same as a cosine, above which pairs match')),
    perGroup: list(
      'Error rates at that threshold',
      object('Of a group', {
        group: filled('Its name'),
        fmr: nullable(number('False matches among the impostor pairs')),
        fnmr: nullable(number('False non-matches among the genuine pairs')),
      }),
    ),
  }),
});

const SEEN = object('Test faces that the model has learnt from; left out where this was not checked', {
  model: filled('Whether it says what it was trained on'),
  faces: optional(count('Faces of the test')),
  seen: optional(count('Those that it has learnt from; left out for a model that does not say')),
  seenByTeacher: optional(count('Those of `seen` that only its teacher has learnt from')),
  identities: optional(count('Identities of the test that have the names of identities in training')),
});

const EVALUATION = object('One model, measured on every group', {
  version: integer('Of this format', { minimum: VERSION, maximum: VERSION }),
  label: filled('What the report calls the model'),
  role: choice('Its part in the comparison', ['teacher', 'distilled', 'plain', 'other']),
  photographs: optional(filled('Digest of the photographs in pairs, where they are known')),
  facePixels: optional(filled('Digest of the pixels of the faces in pairs; left out where it was not computed')),
  model: MODEL,
  drawn: optional(flag('The faces are drawings, not of real people; left out for photographs, and where unknown')),
  seenInTraining: optional(SEEN),
  pairFaults: optional(
    mapOf('Pairs that cannot be what they should be, by fault', mapOf('Counts by group', count('Pairs'))),
  ),
  duplicates: optional(
    object('Test faces that show the picture of another one; left out where this was not checked', {
      ofOtherIdentity: optional(count('Of a face of another identity')),
    }),
  ),
  protocol: object('How pairs were decided, in words and numbers', { accuracy: filled('Definition of accuracy') }),
  metrics: list('What was measured, in the order of the tables', METRIC),
  groups: list('Every group that the pairs, the data set or the faces name', GROUP, { minItems: 1 }),
  measurements: list('Every number of every group, one for each metric and place', MEASUREMENT),
  spreads: list('What was computed over the groups, in the order of the tables', SPREAD),
  acrossGroups: list('Every number of all groups together, one for each spread, metric and place', GROUP_SPREAD),
  overall: OVERALL,
});

/** What `evaluation.json` holds: one model, measured on every group. It may have more than this, which no reader needs. */
export type Evaluation = TypeOf<typeof EVALUATION>;
export type Role = Evaluation['role'];
export type TrainingRecord = TypeOf<typeof TRAINING>;
export type MetricColumn = TypeOf<typeof METRIC>;
export type Measurement = TypeOf<typeof MEASUREMENT>;
export type SpreadColumn = TypeOf<typeof SPREAD>;
export type GroupSpread = TypeOf<typeof GROUP_SPREAD>;
export type GroupEvaluation = TypeOf<typeof GROUP>;
export type OverallEvaluation = TypeOf<typeof OVERALL>;

/** Parts that others state are checked when they are written. */
type Stated = 'model' | 'seenInTraining' | 'pairFaults' | 'duplicates';
export type EvaluationToWrite = Omit<Evaluation, 'version' | Stated> & { readonly [P in Stated]?: object };

/** Writes `evaluation.json` of an evaluation's folder. Throws RangeError when it is none, or holds a number that is not finite. */
export async function writeEvaluation(folder: string, evaluation: EvaluationToWrite): Promise<void> {
  const content = { ...{ version: VERSION }, ...evaluation };
  const wrong = faultOf(content);
  if (wrong !== undefined) throw new RangeError(`Cannot write an evaluation: ${wrong}`);
  await writeFile(join(folder, FILE), JSON.stringify(content, null, 2) + '\n');
}

/**
 * Reads `evaluation.json` of an evaluation's folder. Errors with `bad-evaluation` when it is missing, is not JSON, is of another version or
 * no evaluation by 10 folds.
 * @param stage the stage that made it, for the message
 */
export async function readEvaluation(folder: string, stage: string): Promise<Evaluation> {
  const path = join(folder, FILE);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw badEvaluation(stage, `${path} cannot be read: ${messageOf(error)}`, error);
  }
  const { version = 1 } = (content ?? {}) as { readonly version?: unknown };
  if (version !== VERSION)
    throw badEvaluation(stage, `${path} has version ${JSON.stringify(version)}, want ${VERSION}`);
  const wrong = faultOf(content);
  if (wrong !== undefined) throw badEvaluation(stage, `${path}: ${wrong}`);
  return content as Evaluation;
}

const FILE = 'evaluation.json';

/** The artifact of a stage that cannot be compared. */
export function badEvaluation(stage: string, reason: string, cause?: unknown): UserError {
  return new UserError(`Cannot use the evaluation of stage "${stage}": ${reason}; evaluate the model again`, {
    code: 'bad-evaluation',
    cause,
  });
}

let isEvaluation: ValidateFunction | undefined;

/** Where it is no evaluation, and why; undefined for one. */
function faultOf(content: unknown): string | undefined {
  isEvaluation ??= new Ajv({ allowUnionTypes: true }).compile(open(EVALUATION));
  if (isEvaluation(content)) return undefined;
  const [first] = isEvaluation.errors!;
  return `${first!.instancePath === '' ? 'the whole' : first!.instancePath} ${first!.message ?? 'is wrong'}`;
}

/** A map may have more members than are read. */
function open(schema: object): object {
  const withoutClosing = (name: string, value: unknown): unknown =>
    name === 'additionalProperties' && value === false ? undefined : value;
  return JSON.parse(JSON.stringify(schema, withoutClosing)) as object;
}
