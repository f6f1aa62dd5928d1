import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import { drawMargins, elasticArcFace, initialCentres } from '../../../src/learning/losses/elastic-arcface';
import { seededRandom } from '../../../src/kit/math/random';
import { relativeDifference } from '../../helpers/engines';
import { TEST_ENGINES } from '../../helpers/usable-engines';

/** The formula (ElasticFace, equation 3) by plain loops in float64. */
function reference(
  features: number[][],
  centres: number[][],
  labels: number[],
  margins: number[],
  scale: number,
): number {
  const cosine = (a: number[], b: number[]): number =>
    a.reduce((sum, x, i) => sum + x * b[i]!, 0) / Math.hypot(...a) / Math.hypot(...b);
  const losses = features.map((feature, i) => {
    const logits = centres.map((centre, j) => {
      const cos = cosine(feature, centre);
      return scale * (j === labels[i] ? Math.cos(Math.acos(cos) + margins[i]!) : cos);
    });
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return largest + Math.log(sum) - logits[labels[i]!]!;
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

const random = seededRandom(1, 'arcface');
const rows = (n: number, m: number): number[][] =>
  Array.from({ length: n }, () => Array.from({ length: m }, () => random.normal()));
const FEATURES = rows(5, 4);
const CENTRES = rows(3, 4);
const LABELS = [0, 2, 1, 1, 0];
const MARGINS = [0.5, 0.42, 0.61, 0, -0.1];

describe.each(TEST_ENGINES)('elasticArcFace() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  const run = (features: Tensor2D, centres: Tensor2D, labels = LABELS, margins = MARGINS, scale = 8) =>
    elasticArcFace(tf, {
      features,
      centres,
      labels: tf.tensor1d(labels, 'int32'),
      margins: tf.tensor1d(margins),
      scale,
    });
  const columns = (list: number[][]): Tensor2D => tf.transpose(tf.tensor2d(list));

  test('by hand: two orthogonal classes, a feature on its own, margin of 60 degrees', async () => {
    // cos to its own class 1, widened to cos 60° = 1/2; cos to the other 0: loss = ln(e^(s/2) + 1) - s/2 with s = 2.
    const { loss } = run(
      tf.tensor2d([[3, 0]]),
      columns([
        [1, 0],
        [0, 5],
      ]),
      [0],
      [Math.PI / 3],
      2,
    );
    // The cosine is kept 1e-6 away from 1, an angle of 0.0014.
    expect((await loss.data())[0]!).toBeCloseTo(Math.log(Math.exp(1) + 1) - 1, 2);
  });

  test('equals the formula by plain loops', async () => {
    const { loss } = run(tf.tensor2d(FEATURES), columns(CENTRES));
    expect((await loss.data())[0]!).toBeCloseTo(reference(FEATURES, CENTRES, LABELS, MARGINS, 8), 4);
  });

  test('with margin 0 it is the cross-entropy of the scaled cosines', async () => {
    const zero = MARGINS.map(() => 0);
    const { loss } = run(tf.tensor2d(FEATURES), columns(CENTRES), LABELS, zero);
    const cosines = FEATURES.map(feature =>
      CENTRES.map(
        centre =>
          feature.reduce((sum, x, i) => sum + x * centre[i]!, 0) / Math.hypot(...feature) / Math.hypot(...centre),
      ),
    );
    const plain = cosines.map(
      (row, i) => Math.log(row.reduce((sum, cosine) => sum + Math.exp(8 * cosine), 0)) - 8 * row[LABELS[i]!]!,
    );
    expect((await loss.data())[0]!).toBeCloseTo(plain.reduce((a, b) => a + b, 0) / 5, 4);
  });

  test('counts the faces whose nearest centre is their own, without margin; of equally near ones the first is nearest', async () => {
    // Unit vectors at 0°, 90°, 180° and 90° again; the faces at 10°, 80°, 100° and 170°.
    const at = (degrees: number): number[] => [
      Math.cos((degrees * Math.PI) / 180),
      Math.sin((degrees * Math.PI) / 180),
    ];
    const centres = columns([0, 90, 180, 90].map(at));
    const faces = tf.tensor2d([10, 80, 100, 170].map(at));
    const accuracy = async (labels: number[]): Promise<number> =>
      (await run(faces, centres, labels, [0.5, 0.5, 0.5, 0.5]).accuracy.data())[0]!;
    expect(await accuracy([0, 1, 1, 2])).toBe(1);
    expect(await accuracy([0, 0, 1, 0])).toBe(0.5);
    expect(await accuracy([0, 3, 3, 2])).toBe(0.5);
  });

  test('gradients equal finite differences of the formula', async () => {
    const f = (features: Tensor, centres: Tensor): Tensor => run(features as Tensor2D, centres as Tensor2D).loss;
    const [dFeatures, dCentres] = tf.grads(f)([tf.tensor2d(FEATURES), columns(CENTRES)]);
    const step = 1e-5;
    const slope = (list: number[][], i: number, j: number): number => {
      const kept = list[i]![j]!;
      const at = (value: number): number => {
        list[i]![j] = value;
        return reference(FEATURES, CENTRES, LABELS, MARGINS, 8);
      };
      const result = (at(kept + step) - at(kept - step)) / (2 * step);
      list[i]![j] = kept;
      return result;
    };
    const wantedFeatures = FEATURES.flatMap((row, i) => row.map((_, j) => slope(FEATURES, i, j)));
    const wantedCentres = [0, 1, 2, 3].flatMap(j => CENTRES.map((_, i) => slope(CENTRES, i, j)));
    expect(relativeDifference(await dFeatures!.data(), wantedFeatures)).toBeLessThan(1e-3);
    expect(relativeDifference(await dCentres!.data(), wantedCentres)).toBeLessThan(1e-3);
  });

  test('stays finite for a feature exactly on or opposite its centre, and for a feature of zeros', async () => {
    const f = (features: Tensor): Tensor =>
      run(
        features as Tensor2D,
        columns([
          [1, 0],
          [0, 1],
        ]),
        [0, 0, 1],
        [0.5, 0.5, 0.5],
        64,
      ).loss;
    const { value, grad } = tf.valueAndGrad(f)(
      tf.tensor2d([
        [2, 0],
        [-2, 0],
        [0, 0],
      ]),
    );
    expect(Number.isFinite((await value.data())[0])).toBe(true);
    expect([...(await grad.data())].every(Number.isFinite)).toBe(true);
  });

  test('by hand: two classes in two dimensions, angles of 30 and 60 degrees, a margin of 30 degrees', async () => {
    // The feature at 30° from centre 0 and 60° from centre 1. Margin: cos 60° = 1/2; the other cosine is 1/2 too: ln 2.
    const feature = tf.tensor2d([[Math.sqrt(3), 1]]);
    const centres = tf.tensor2d([
      [4, 0],
      [0, 2],
    ]);
    const { loss, accuracy } = run(feature, centres, [0], [Math.PI / 6], 64);
    expect((await loss.data())[0]!).toBeCloseTo(Math.LN2, 4);
    expect((await accuracy.data())[0]).toBe(1);
  });

  test('of a face that is not a number is none either', async () => {
    const { loss } = run(tf.tensor2d([[NaN, 1, 0, 0]]), columns(CENTRES), [0], [0.5]);
    expect(Number.isFinite((await loss.data())[0])).toBe(false);
  });
});

describe('drawMargins()', () => {
  test('has the mean and the standard deviation asked for, within four standard errors, and std 0 is ArcFace', () => {
    const n = 20_000;
    const margins = drawMargins(n, { mean: 0.5, std: 0.05 }, seededRandom(2));
    const mean = margins.reduce((a, b) => a + b, 0) / n;
    const std = Math.sqrt(margins.reduce((sum, m) => sum + (m - mean) ** 2, 0) / n);
    expect(Math.abs(mean - 0.5)).toBeLessThan((4 * 0.05) / Math.sqrt(n));
    expect(Math.abs(std - 0.05)).toBeLessThan((4 * 0.05) / Math.sqrt(2 * n));
    expect(new Set(drawMargins(10, { mean: 0.5, std: 0 }, seededRandom(2)))).toEqual(new Set([0.5]));
  });

  test('is a function of the generator, may leave the range, and draws nothing for no face', () => {
    const draw = (seed: number): Float32Array => drawMargins(200, { mean: 0.1, std: 1 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(Math.min(...draw(1))).toBeLessThan(0);
    expect(Math.max(...draw(1))).toBeGreaterThan(Math.PI / 2);
    expect(drawMargins(0, { mean: 0.5, std: 0.05 }, seededRandom(1))).toHaveLength(0);
  });
});

describe('initialCentres()', () => {
  test('are N(0, 0.01) as in ElasticFace, within four standard errors', () => {
    const values = initialCentres(512, 40, seededRandom(3));
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(variance - 1e-4)).toBeLessThan(4e-4 * Math.sqrt(2 / values.length));
  });
});
