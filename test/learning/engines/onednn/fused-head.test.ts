import { beforeAll, expect, test } from '@jest/globals';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../../src/learning/engines/start-engine';
import type { Tf } from '../../../../src/learning/engines/engine';
import { hasFused, runFused } from '../../../../src/learning/engines/fused-kernel';
import { composedArcFace, elasticArcFace } from '../../../../src/learning/losses/elastic-arcface';
import { composedMse, embeddingMse } from '../../../../src/learning/losses/embedding-mse';
import { expectClose, normal, on } from '../../../helpers/engines';
import { describeNative, KNOWS_BF16 } from '../../../helpers/usable-engines';

interface Given {
  /** [n, d] and [d, classes]. */
  readonly features: Float32Array;
  readonly centres: Float32Array;
  readonly labels: Int32Array;
  readonly margins: Float32Array;
  readonly scale: number;
}

/** A batch whose faces lie around their centres, so that probabilities are neither all alike nor all 0 and 1. */
function batchOf(n: number, d: number, classes: number, scale: number): Given {
  const centres = normal([d, classes], 'centres').map(value => 0.01 * value);
  const labels = Int32Array.from({ length: n }, (_, i) => (i * 7919) % classes);
  const own = (i: number): number => centres[(i % d) * classes + labels[Math.floor(i / d)]!]!;
  const features = normal([n, d], 'features').map((value, i) => value + 60 * own(i));
  const margins = normal([n], 'margins').map(value => 0.5 + 0.05 * value);
  return { features, centres, labels, margins, scale };
}

/** Loss, accuracy, and the gradients of 2.5 times the loss by features and centres. */
function head(form: typeof composedArcFace, { features, centres, labels, margins, scale }: Given) {
  return (tf: Tf): Tensor[] => {
    const n = labels.length;
    const d = features.length / n;
    let outputs: Tensor[] = [];
    const { grads } = tf.valueAndGrads((features: Tensor, centres: Tensor) => {
      const { loss, accuracy } = form(tf, {
        features: features as Tensor2D,
        centres: centres as Tensor2D,
        labels: tf.tensor1d(labels, 'int32'),
        margins: tf.tensor1d(margins),
        scale,
      });
      outputs = [tf.keep(tf.clone(loss)), tf.keep(tf.clone(accuracy))];
      return tf.mul<Scalar>(loss, 2.5);
    })([tf.tensor2d(features, [n, d]), tf.tensor2d(centres, [d, centres.length / d])]);
    return [...outputs, ...grads];
  };
}

describeNative('FairMarginSoftmax', () => {
  // The last ones have more classes than a thread takes at a time, and no round numbers.
  test.each([
    [1, 2, 2, 64],
    [5, 4, 3, 8],
    [7, 16, 33, 64],
    [64, 128, 100, 30],
    [3, 31, 2049, 64],
    [4, 16, 4099, 64],
  ])(
    '%p faces of %p dimensions in %p classes at scale %p: values and gradients of the composed form',
    async (...sizes) => {
      const given = batchOf(...sizes);
      expectClose(await on('onednn', head(elasticArcFace, given)), await on('cpu', head(composedArcFace, given)));
    },
  );

  // Faces [x, y] between centres at 0° and 90°.
  const twoClasses = (faces: number[], labels: number[], scale = 64): Given => ({
    features: Float32Array.from(faces),
    centres: Float32Array.of(1, 0, 0, 1),
    labels: Int32Array.from(labels),
    margins: Float32Array.from(labels, () => 0.5),
    scale,
  });
  // Centres at 60° on either side of the face.
  const equal = { ...twoClasses([3, 0], [1]), centres: Float32Array.of(1, 1, Math.sqrt(3), -Math.sqrt(3)) };
  test.each<[string, Given]>([
    ['a face on its centre', twoClasses([2, 0], [0])],
    ['a face opposite its centre', twoClasses([-3, 0], [0])],
    ['a face on the other centre', twoClasses([0, 5], [0])],
    ['a face of zeros', twoClasses([0, 0], [1])],
    ['a face shorter than 1e-12', twoClasses([3e-15, 4e-15], [1])],
    ['a face of 1e15', twoClasses([3e15, 1e15], [1])],
    ['a huge scale', batchOf(6, 8, 5, 10_000)],
    ['a scale of almost nothing', batchOf(6, 8, 5, 1e-3)],
    ['logits that are all equal', { ...equal, margins: new Float32Array(1) }],
    ['a centre of zeros', { ...twoClasses([1, 2], [0]), centres: Float32Array.of(0, 1, 0, 0) }],
    ['margins beyond π, and below 0', { ...batchOf(2, 4, 3, 16), margins: Float32Array.of(4, -1) }],
  ])('%s: values and gradients of the composed form, and finite', async (_, given) => {
    const fused = await on('onednn', head(elasticArcFace, given));
    expect(fused.flatMap(({ values }) => [...values]).every(Number.isFinite)).toBe(true);
    expectClose(fused, await on('cpu', head(composedArcFace, given)));
  });

  test('a face, a centre or a margin that is no number makes the loss none', async () => {
    const given = batchOf(4, 8, 3, 64);
    for (const role of ['features', 'centres', 'margins'] as const) {
      const values = given[role].slice();
      values[1] = NaN;
      const [loss] = await on('onednn', head(elasticArcFace, { ...given, [role]: values }));
      expect(loss!.values[0]).toBeNaN();
    }
  });

  (KNOWS_BF16 ? test : test.skip)('is float32 whatever the precision of the network', async () => {
    const given = batchOf(8, 64, 50, 64);
    const fused = await on('onednn', head(elasticArcFace, given));
    const tf = await startEngine('onednn', { precision: 'bf16' });
    try {
      const again = tf.tidy(() => head(elasticArcFace, given)(tf).map(tensor => Float32Array.from(tensor.dataSync())));
      expect(again).toEqual(fused.map(({ values }) => values));
    } finally {
      await startEngine('onednn', { precision: 'f32' });
    }
  });

  test('gives the same bits again on two threads', async () => {
    const tf = await startEngine('onednn', { threads: 2 });
    const run = (): Float32Array[] =>
      tf.tidy(() => {
        const tensors = head(elasticArcFace, batchOf(16, 64, 3000, 64))(tf);
        return tensors.map(tensor => Float32Array.from(tensor.dataSync()));
      });
    const first = run();
    expect(run()).toEqual(first);
  });

  test('refuses a label that is not the number of a class', async () => {
    const run = (label: number) =>
      on('onednn', head(elasticArcFace, { ...batchOf(1, 4, 3, 8), labels: Int32Array.of(label) }));
    await expect(run(3)).rejects.toThrow('a label is not the number of a class');
    await expect(run(-1)).rejects.toThrow('a label is not the number of a class');
  });
});

describeNative('FairEmbeddingMse', () => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine('onednn');
  });

  const distance = (form: typeof composedMse, student: Float32Array, teacher: Float32Array, n: number) => (tf: Tf) => {
    const shape: [number, number] = [n, student.length / n];
    const { value, grads } = tf.valueAndGrads((s: Tensor, t: Tensor) => {
      return tf.mul<Scalar>(form(tf, s as Tensor2D, t as Tensor2D, student.length), 2.5);
    })([tf.tensor2d(student, shape), tf.tensor2d(teacher, shape)]);
    return [value, ...grads];
  };
  const fused: typeof composedMse = (tf, student, teacher) => embeddingMse(tf, student, teacher, 'mean');

  test.each<[string, Float32Array, Float32Array, number]>([
    ['one value', Float32Array.of(2), Float32Array.of(-3), 1],
    ['odd sizes', normal([5, 13], 's'), normal([5, 13], 't'), 5],
    ['a batch', normal([64, 512], 's'), normal([64, 512], 't'), 64],
    ['a student of zeros', new Float32Array(4), Float32Array.of(1, 2, 3, 4), 2],
  ])('%s: value and gradients of the composed form', async (_, student, teacher, n) => {
    expectClose(
      await on('onednn', distance(fused, student, teacher, n)),
      await on('cpu', distance(composedMse, student, teacher, n)),
    );
  });

  // Squared distances of unit vectors, times 2.5 / 2; where all of it is along the student, nothing is left to turn.
  test.each([
    ['equal in direction to its teacher', [4, 8], [1, 2], 0],
    ['opposite its teacher', [1, 2], [-1, -2], 4],
    ['of a teacher of zeros', [1, 2], [0, 0], 1],
  ])('by hand: a student %s has no gradient', async (_, student, teacher, distanceSquared) => {
    const given = [Float32Array.from(student), Float32Array.from(teacher)] as const;
    const [value, gradient] = await on('onednn', distance(fused, ...given, 1));
    expect(value!.values[0]).toBeCloseTo((2.5 / 2) * distanceSquared, 6);
    for (const slope of gradient!.values) expect(slope).toBeCloseTo(0, 7);
  });

  test('is what the engine uses', () => {
    expect(hasFused(tf, 'embeddingMse')).toBe(true);
    const [value, gradient] = runFused(
      tf,
      'embeddingMse',
      { student: tf.tensor2d([[3, 0]]), teacher: tf.tensor2d([[0, 2]]) },
      { terms: 1 },
    );
    // Unit vectors (1, 0) and (0, 1): 2, and -2 (0, 1) / 3.
    expect(value!.dataSync()[0]).toBe(2);
    expect(gradient!.dataSync()[1]).toBeCloseTo(-2 / 3, 6);
  });
});
