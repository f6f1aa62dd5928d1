import { readFile } from 'node:fs/promises';
import { prefixOf } from './graph-prefix';

/** What an ONNX file says about the pixels that it expects. */
export interface WantedPixels {
  /**
   * `nothing`: the graph does nothing to its input that shows it. `inside`: it normalises by itself, and takes
   * (pixel - mean) / scale. `unclear`: it does something, and no usual range of pixels gives a usual range behind it.
   */
  readonly finding: 'nothing' | 'inside' | 'unclear';
  readonly mean: number;
  readonly scale: number;
  /** What the first layer sees of pixels 0..255 that are given as (pixel - mean) / scale; undefined where it cannot be computed. */
  seenByFirstLayer(mean: number, scale: number): readonly [number, number] | undefined;
  /** Operations before the first layer, as a text. */
  readonly operations: string;
}

/**
 * Computes what the head of a graph does to a pixel and finds the preprocessing for it: of the usual ones, the one that gives the first
 * layer values around 0 of a size of about 1 (or 0..1).
 *
 * Where the arithmetic at the head cannot be followed, the rule of insightface (model_zoo/arcface_onnx.py) decides: a Sub and a Mul among
 * the first 8 nodes, as MXNet exports have, say that the model expects plain pixels. Ours stops at the first convolution, because a PReLU
 * that an exporter has taken apart also holds a Sub and a Mul.
 */
export async function wantedPixels(
  file: string,
  { input, layout }: { readonly input: string; readonly layout: 'NCHW' | 'NHWC' },
): Promise<WantedPixels> {
  const prefix = await prefixOf(await readFile(file), file, input, layout === 'NCHW' ? 1 : 3);
  if (!prefix) return { ...USUAL, finding: 'nothing', seenByFirstLayer: () => undefined, operations: '' };
  const { slope, offset, complete, names } = prefix;
  if (!complete) {
    const finding = names.includes('Sub') && names.includes('Mul') ? 'inside' : 'unclear';
    const operations = names.join(', ');
    return { ...(finding === 'inside' ? PLAIN : USUAL), finding, seenByFirstLayer: () => undefined, operations };
  }
  const seenByFirstLayer = (mean: number, scale: number): readonly [number, number] => {
    const ends = [0, 255].map(pixel => ((pixel - mean) / scale) * slope + offset);
    return [Math.min(...ends), Math.max(...ends)];
  };
  const about = { seenByFirstLayer, operations: prefix.operations.join(', ') };
  const isUnchanged = Math.abs(slope - 1) < 1e-3 && Math.abs(offset) < 1e-2;
  if (isUnchanged) return { ...USUAL, ...about, finding: 'nothing' };
  const distances = CANDIDATES.map(({ mean, scale }) => oddness(seenByFirstLayer(mean, scale)));
  const least = Math.min(...distances);
  if (least === Infinity) return { ...USUAL, ...about, finding: 'unclear' };
  const best = CANDIDATES[distances.indexOf(least)]!;
  return { ...best, ...about, finding: best === USUAL ? 'nothing' : 'inside' };
}

const USUAL = { mean: 127.5, scale: 127.5 };
const PLAIN = { mean: 0, scale: 1 };
/** 0..1, as PyTorch's ToTensor gives them. */
const UNIT = { mean: 0, scale: 255 };
const CANDIDATES: readonly { readonly mean: number; readonly scale: number }[] = [USUAL, PLAIN, UNIT];

/**
 * How far a range that a first layer sees is from those that networks are trained with, which lie around 0; Infinity for one that no
 * network is. Wide ones come from a mean that is subtracted and no scale (Caffe).
 */
export function oddness([low, high]: readonly [number, number]): number {
  const [centre, half] = [(low + high) / 2, (high - low) / 2];
  const shift = Math.abs(centre) / half;
  // 0..1; another range from 0 on proves nothing, because what is outside may subtract.
  if (Math.abs(low) < 0.02 && Math.abs(high - 1) < 0.02) return 1;
  if (half >= 0.02 && half <= 20 && shift < 0.99) return shift;
  return half > 20 && half <= 300 && shift <= 0.35 ? shift + 0.5 : Infinity;
}
