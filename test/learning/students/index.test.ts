import { describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import {
  countMultiplyAdds,
  countParameters,
  forward,
  outputShape,
  type Backbone,
} from '../../../src/learning/networks';
import { findStudent } from '../../../src/learning/students/find-student';
import { STUDENTS } from '../../../src/learning/students';
import { ALL_STUDENTS, studentNow } from '../../helpers/families';
import { normal } from '../../helpers/engines';
import { quickWeights } from '../../helpers/quick-weights';

/** A batch normalisation trains gamma and beta, a PReLU its slope. */
const BN = 2;
const PRELU = 1;

/** iResNet by the layout of insightface's iresnet.py, counted by hand; the gamma of the last normalisation is fixed. */
function iresnetParameters(depths: readonly number[]): number {
  const widths = [64, 128, 256, 512];
  let count = 3 * 9 * 64 + (BN + PRELU) * 64;
  let before = 64;
  for (const [stage, depth] of depths.entries()) {
    const width = widths[stage]!;
    for (let i = 0; i < depth; i++) {
      const input = i === 0 ? before : width;
      count += BN * input + 9 * input * width + (BN + PRELU) * width + 9 * width * width + BN * width;
      if (i === 0) count += input * width + BN * width;
    }
    before = width;
  }
  return count + BN * 512 + 512 * 49 * 512 + 512 + 512;
}

/** MobileFaceNet as in the docstring of its file: expand, depthwise, project. */
function mobileFaceNetParameters(): number {
  const bottleneck = (input: number, hidden: number, output: number): number =>
    input * hidden + (BN + PRELU) * hidden + 9 * hidden + (BN + PRELU) * hidden + hidden * output + BN * output;
  return (
    27 * 64 +
    3 * 64 +
    (9 * 64 + 3 * 64) +
    bottleneck(64, 128, 64) +
    4 * bottleneck(64, 128, 64) +
    bottleneck(64, 256, 128) +
    6 * bottleneck(128, 256, 128) +
    bottleneck(128, 512, 128) +
    2 * bottleneck(128, 256, 128) +
    (128 * 512 + 3 * 512) +
    (49 * 512 + 2 * 512) +
    512 * 512 +
    2 * 512
  );
}

const stem = 4 * 4 * 3 * 24 + 3 * 24 + 9 * 24 * 48 + 3 * 48;
const tail = 9 * 48 * 64 + 3 * 64 + 64 * 49 * 512 + 2 * 512;
const HAND_COUNTS: Readonly<Record<string, number>> = {
  tiny: stem + tail,
  small: stem + tail + 9 * 48 * 48 + 3 * 48 + 9 * 64 * 64 + 3 * 64,
  mobilefacenet: mobileFaceNetParameters(),
  iresnet18: iresnetParameters([2, 2, 2, 2]),
  iresnet34: iresnetParameters([3, 4, 6, 3]),
  iresnet50: iresnetParameters([3, 4, 14, 3]),
};

describe('students', () => {
  test.each(ALL_STUDENTS.map(student => [student.name, student] as const))(
    '%s has the parameters counted by hand',
    (name, student) => {
      expect(countParameters(student)).toBe(HAND_COUNTS[name]);
      expect(outputShape(student)).toEqual([512]);
    },
  );

  test('iresnet50 has the 43.6 million parameters that are published for it', () => {
    expect(HAND_COUNTS['iresnet50']! / 1e6).toBeCloseTo(43.59, 1);
  });

  test('tiny needs the multiply-adds counted by hand', () => {
    const wanted = 28 ** 2 * 48 * 24 + 14 ** 2 * 9 * 24 * 48 + 7 ** 2 * 9 * 48 * 64 + 64 * 49 * 512;
    expect(countMultiplyAdds(studentNow('tiny'))).toBe(wanted);
  });

  test.each(STUDENTS.names)('%s gives finite embeddings on wasm', async name => {
    const tf = await startEngine('wasm');
    const student: Backbone = studentNow(name);
    const before = tf.memory().numTensors;
    const y = tf.tidy(() => {
      const weights = quickWeights(student);
      const parameters = new Map([...weights].map(([key, { shape, values }]) => [key, tf.tensor(values, [...shape])]));
      return forward(tf, student.layers, parameters, tf.tensor4d(normal([1, 112, 112, 3]), [1, 112, 112, 3]));
    });
    expect(y.shape).toEqual([1, 512]);
    expect((await y.data()).every(Number.isFinite)).toBe(true);
    y.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('findStudent()', () => {
  test('gives another width of embedding', () => {
    expect(outputShape(studentNow('tiny', 128))).toEqual([128]);
  });

  test('refuses an unknown name with the names that are known', async () => {
    await expect(findStudent('resnet')).rejects.toThrow(/"resnet".*tiny.*iresnet50/);
  });
});
