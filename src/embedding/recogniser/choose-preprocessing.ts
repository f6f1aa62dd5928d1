import { UserError } from '../../errors';
import type { Preprocessing } from '../../data/embedding-set';
import { oddness, wantedPixels, type WantedPixels } from '../graph/normalises-inside';
import type { Signature } from './recogniser-signature';

/** Source of the statement how pixels become the input of a model. */
export type StatedBy = 'option' | 'model artifact' | 'ONNX metadata' | 'ONNX graph' | 'default';

/** Where each part of the preprocessing comes from. */
export interface PreprocessingSources {
  readonly channels: StatedBy;
  readonly mean: StatedBy;
  readonly scale: StatedBy;
}

/** What is known beside the file; `by` says from where, the options unless it does. */
export interface StatedPreprocessing {
  readonly channels?: 'RGB' | 'BGR' | undefined;
  readonly mean?: number | undefined;
  readonly scale?: number | undefined;
  readonly by?: Partial<PreprocessingSources> | undefined;
}

export interface ChosenPreprocessing {
  readonly preprocessing: Preprocessing;
  readonly sources: PreprocessingSources;
  /** What looks wrong about it, for a person. */
  readonly doubts: readonly string[];
}

/**
 * What is stated goes before what the graph shows, and that before the usual RGB, (pixel - 127.5) / 127.5. Errors with
 * `unclear-normalisation` (`UserError`) when the graph does something to its input that fits no usual pixels, and the user states none.
 */
export async function choosePreprocessing(
  file: string,
  signature: Signature,
  size: number,
  { channels, mean, scale, by = {} }: StatedPreprocessing,
): Promise<ChosenPreprocessing> {
  const wanted = await wantedPixels(file, signature);
  const missing = [...(mean === undefined ? ['mean'] : []), ...(scale === undefined ? ['scale'] : [])];
  if (wanted.finding === 'unclear' && missing.length > 0) throw unclear(file, wanted, missing);
  const found: StatedBy = wanted.finding === 'inside' ? 'ONNX graph' : 'default';
  const preprocessing: Preprocessing = {
    size,
    layout: signature.layout,
    channels: channels ?? 'RGB',
    mean: mean ?? wanted.mean,
    scale: scale ?? wanted.scale,
  };
  const sourceOf = (part: keyof PreprocessingSources, value: unknown, otherwise: StatedBy): StatedBy =>
    value === undefined ? otherwise : (by[part] ?? 'option');
  const sources = {
    channels: sourceOf('channels', channels, 'default'),
    mean: sourceOf('mean', mean, found),
    scale: sourceOf('scale', scale, found),
  };
  return { preprocessing, sources, doubts: missing.length < 2 ? doubtsOf(file, preprocessing, wanted) : [] };
}

function doubtsOf(file: string, { mean, scale }: Preprocessing, wanted: WantedPixels): string[] {
  const seen = wanted.seenByFirstLayer(mean, scale);
  if (!seen || oddness(seen) < Infinity) return [];
  const [low, high] = seen;
  // Nothing is done inside, and plain pixels are given: models with scaled weights want that.
  if (low === 0 && high === 255) return [];
  const better =
    wanted.finding === 'inside'
      ? `; it normalises by itself (${wanted.operations}): leave out \`mean\` and \`scale\`, or set \`mean: ${wanted.mean}\` and \`scale: ${wanted.scale}\``
      : '; check `mean` and `scale`, both of them';
  return [
    `With mean ${mean} and scale ${scale} the first layer of ${file} sees pixels as ${short(low)} to ${short(high)}, where networks are ` +
      `trained on values around 0${better}`,
  ];
}

function unclear(file: string, { operations }: WantedPixels, missing: readonly string[]): UserError {
  return new UserError(
    `Cannot find out which pixels ${file} expects: it begins with ${operations}, and neither (pixel - 127.5) / 127.5 nor plain pixels ` +
      `nor pixel / 255 gives values around 0 behind that; say how it was trained under \`with: {mean: …, scale: …}\` ` +
      `(${missing.map(name => `\`${name}\``).join(' and ')} missing; the model is given (pixel - mean) / scale)`,
    { code: 'unclear-normalisation' },
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
