import { UserError } from '../../errors';
import { formatCount } from '../../kit/text/human';
import type { Preprocessing } from '../../data/embedding-set';
import type { Recogniser } from './onnx-recogniser';
import type { SeparationTest } from './separation';

/** Another preprocessing, tried on the same faces. */
export interface Alternative extends SeparationTest {
  readonly preprocessing: Preprocessing;
  /** Median cosine of different people. */
  readonly strangers: number;
}

/** What was measured on a sample. */
export interface Measured {
  readonly recogniser: Recogniser;
  readonly faces: number;
  readonly people: number;
  /** All faces give one vector. */
  readonly isConstant: boolean;
  /** Every output is a distribution: not negative, and 1 in sum. */
  readonly isProbability: boolean;
  /** Embeddings come with norm 1. */
  readonly hasUnitNorm: boolean;
  /** Cosines of different people. */
  readonly strangers: { readonly pairs: number; readonly lowest: number | null; readonly median: number | null };
  /** d' of the stated preprocessing; null without pairs of both kinds. */
  readonly separation: number | null;
  /** Different people are nearly all alike. */
  readonly isAlike: boolean;
  readonly alternatives: readonly Alternative[];
}

/** Something that looks wrong. */
export interface RecogniserFinding {
  readonly code:
    'constant-embeddings' | 'collapsed-embeddings' | 'class-scores' | 'better-preprocessing' | 'odd-preprocessing';
  /** Whether a stage that refuses what is suspicious refuses this; else it is said. */
  readonly isGrave: boolean;
  readonly text: string;
}

export interface Examination {
  readonly findings: readonly RecogniserFinding[];
  /** For metrics and evaluations. */
  readonly summary: {
    readonly faces: number;
    readonly identities: number;
    readonly medianImpostorCosine: number | null;
    readonly separation: number | null;
    readonly unitNorm: boolean;
    /** Which other preprocessing was tried, and its separation. */
    readonly tried: readonly { readonly preprocessing: string; readonly separation: number | null }[];
    readonly findings: readonly string[];
  };
}

/** Makes sentences of numbers. */
export function judgeRecogniser(measured: Measured): Examination {
  const { recogniser, strangers, separation, alternatives } = measured;
  const findings = [
    ...recogniser.doubts.map((text): RecogniserFinding => ({ code: 'odd-preprocessing', isGrave: false, text })),
    ...sameness(measured),
    ...(measured.isProbability ? [probability(measured)] : []),
    ...better(measured),
  ];
  return {
    findings,
    summary: {
      faces: measured.faces,
      identities: measured.people,
      medianImpostorCosine: rounded(strangers.median),
      separation: rounded(separation),
      unitNorm: measured.hasUnitNorm,
      tried: alternatives.map(({ preprocessing, other }) => ({
        preprocessing: describePreprocessing(preprocessing),
        separation: rounded(other),
      })),
      findings: findings.map(({ code }) => code),
    },
  };
}

/**
 * Errors with the code of the first grave finding (`UserError`) if such are to be refused; says all others through `warn`.
 * @param suspicious the option of the stage
 */
export function settleFindings(
  { findings }: Examination,
  suspicious: 'refuse' | 'warn',
  warn: (text: string) => void,
): void {
  const refused = suspicious === 'refuse' ? findings.find(({ isGrave }) => isGrave) : undefined;
  if (refused) {
    throw new UserError(`${refused.text}; to use it nevertheless, set \`suspicious: warn\``, { code: refused.code });
  }
  for (const { text } of findings) warn(text);
}

/** RGB, (pixel - 127.5) / 127.5 */
export function describePreprocessing({ channels, mean, scale }: Preprocessing): string {
  return `${channels}, (pixel - ${mean}) / ${scale}`;
}

function sameness({ recogniser, isConstant, isAlike, faces, strangers, alternatives }: Measured): RecogniserFinding[] {
  const { file, preprocessing } = recogniser;
  if (isConstant) {
    const text = `${file} gives the same embedding for all ${faces} faces of a sample, given as ${describePreprocessing(preprocessing)}: it does not look at its input, or all of it overflows; check the export`;
    return [{ code: 'constant-embeddings', isGrave: true, text }];
  }
  if (!isAlike) return [];
  const tellsApart = alternatives.filter(
    other => other.strangers < 0.98 && other.preprocessing.channels === preprocessing.channels,
  );
  const best = tellsApart.sort((a, b) => b.other - a.other)[0];
  const advice = best
    ? `given as ${describePreprocessing(best.preprocessing)} their cosine is ${best.strangers.toFixed(2)}: the model may normalise by itself, or not at all; if so, set ${settings(best.preprocessing)}`
    : 'the model has collapsed, or `mean` and `scale` are not those it was trained with: say them under `with`';
  const text =
    `${file} makes different people alike: the cosine of ${formatCount(strangers.pairs)} pairs of different people is ${strangers.median!.toFixed(4)} ` +
    `(median; at least ${strangers.lowest!.toFixed(4)}), given as ${describePreprocessing(preprocessing)}; ${advice}`;
  return [{ code: 'collapsed-embeddings', isGrave: true, text }];
}

function probability({ recogniser: { file, dim } }: Measured): RecogniserFinding {
  const text =
    `${file} gives ${formatCount(dim)} values a face that are not negative and 1 in sum, as the probabilities of classes are: a classifier ` +
    'and no recogniser; export it up to the layer before the classes';
  return { code: 'class-scores', isGrave: true, text };
}

/** Below, a model does not recognise, and which preprocessing is better says nothing. */
const RECOGNISES = 1.5;
/** One in a thousand by chance, and large enough to matter. */
const SIGNIFICANT = 3.1;
const NOTICEABLE = 1.05;

function better({ recogniser, isConstant, isAlike, alternatives }: Measured): RecogniserFinding[] {
  if (isConstant || isAlike) return [];
  const clearly = alternatives.filter(
    ({ stated, other, z }) => z > SIGNIFICANT && other > RECOGNISES && other > NOTICEABLE * stated,
  );
  const best = clearly.sort((a, b) => b.other - a.other)[0];
  if (!best) return [];
  const text =
    `${recogniser.file} tells people of a sample apart better when it is given ${describePreprocessing(best.preprocessing)} than as stated, ` +
    `${describePreprocessing(recogniser.preprocessing)}: d' ${best.other.toFixed(2)} instead of ${best.stated.toFixed(2)}, ` +
    `${best.z.toFixed(1)} standard errors; if that is how it was trained, set ${settings(best.preprocessing, recogniser.preprocessing)}`;
  return [{ code: 'better-preprocessing', isGrave: false, text }];
}

function settings({ channels, mean, scale }: Preprocessing, stated?: Preprocessing): string {
  const range = stated?.mean === mean && stated.scale === scale ? [] : [`mean: ${mean}`, `scale: ${scale}`];
  const order = stated && stated.channels !== channels ? [`channels: ${channels}`] : [];
  return [...order, ...range].map(text => `\`${text}\``).join(' and ');
}

/** Enough for a person, and the same on every processor. */
function rounded(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toFixed(2));
}
