import { describe, expect, test } from '@jest/globals';
import { countMultiplyAdds, countParameters, parametersOf } from '../../../src/learning/networks';
import type { Layer } from '../../../src/learning/networks/layer';
import { findStudent } from '../../../src/learning/students/find-student';
import { STUDENTS } from '../../../src/learning/students';
import { ALL_STUDENTS, studentNow } from '../../helpers/families';

/**
 * iResNet: the stem runs at 112, the stages end at 56, 28, 14 and 7. In the first block of a stage the first convolution runs at
 * twice the side of its stage, the second and the shortcut's at its side.
 */
function iresnetMultiplyAdds(depths: readonly number[]): number {
  let sum = 112 ** 2 * 27 * 64;
  let before = 64;
  for (const [stage, width] of [64, 128, 256, 512].entries()) {
    const places = (56 / 2 ** stage) ** 2;
    sum += 4 * places * 9 * before * width + places * 9 * width ** 2 + places * before * width;
    sum += (depths[stage]! - 1) * 2 * places * 9 * width ** 2;
    before = width;
  }
  return sum + 512 * 7 * 7 * 512;
}

/** MobileFaceNet: the stem ends at 56, the bottlenecks at 28, 14 and 7; each expands at the side it gets. */
function mobileFaceNetMultiplyAdds(): number {
  const bottleneck = (side: number, stride: number, input: number, hidden: number, output: number): number =>
    side ** 2 * input * hidden + (side / stride) ** 2 * (9 * hidden + hidden * output);
  return (
    56 ** 2 * (27 * 64 + 9 * 64) +
    bottleneck(56, 2, 64, 128, 64) +
    4 * bottleneck(28, 1, 64, 128, 64) +
    bottleneck(28, 2, 64, 256, 128) +
    6 * bottleneck(14, 1, 128, 256, 128) +
    bottleneck(14, 2, 128, 512, 128) +
    2 * bottleneck(7, 1, 128, 256, 128) +
    7 ** 2 * 128 * 512 +
    7 ** 2 * 512 +
    512 * 512
  );
}

const tiny = 28 ** 2 * 16 * 3 * 24 + 14 ** 2 * 9 * 24 * 48 + 7 ** 2 * 9 * 48 * 64 + 7 ** 2 * 64 * 512;
const HAND_COUNTS: Readonly<Record<string, number>> = {
  tiny,
  small: tiny + 14 ** 2 * 9 * 48 ** 2 + 7 ** 2 * 9 * 64 ** 2,
  mobilefacenet: mobileFaceNetMultiplyAdds(),
  iresnet18: iresnetMultiplyAdds([2, 2, 2, 2]),
  iresnet34: iresnetMultiplyAdds([3, 4, 6, 3]),
  iresnet50: iresnetMultiplyAdds([3, 4, 14, 3]),
};

describe('countMultiplyAdds()', () => {
  test.each(STUDENTS.names)('of %s is the count by hand', name => {
    expect(countMultiplyAdds(studentNow(name))).toBe(HAND_COUNTS[name]);
  });

  test.each([
    // insightface, recognition/arcface_torch/README: "FLOPs" there are multiply-adds.
    ['iresnet18', 2.6],
    ['iresnet50', 6.3],
  ])('of %s is the published %p billion', (name, billions) => {
    expect(Math.abs(countMultiplyAdds(studentNow(name)) / 1e9 - billions)).toBeLessThan(0.05);
  });
});

describe('countParameters()', () => {
  /** Of insightface's PyTorch models; the last gamma, which is fixed at 1, is not trained and not counted. */
  test.each([
    ['iresnet18', 24_025_600],
    ['iresnet34', 34_139_328],
    ['iresnet50', 43_590_848],
  ])('of %s is %p and 512 fixed ones', (name, all) => {
    expect(countParameters(studentNow(name))).toBe(all - 512);
  });
});

describe('students', () => {
  test.each(ALL_STUDENTS.map(student => [student.name, student] as const))(
    '%s names every layer once',
    (_, student) => {
      const names = (layers: readonly Layer[]): string[] =>
        layers.flatMap(layer => [
          layer.name,
          ...(layer.op === 'residual' ? names([...layer.body, ...layer.shortcut]) : []),
        ]);
      const all = names(student.layers);
      expect(new Set(all).size).toBe(all.length);
      const parameters = parametersOf(student).map(({ name }) => name);
      expect(new Set(parameters).size).toBe(parameters.length);
    },
  );

  test('only iresnet50 has dropout, of 0.4, right before the dense layer', () => {
    const dropouts = ALL_STUDENTS.flatMap(({ name, layers }) =>
      layers.flatMap((layer, i) => (layer.op === 'dropout' ? [[name, layer.rate, layers[i + 1]!.op]] : [])),
    );
    expect(dropouts).toEqual([['iresnet50', 0.4, 'dense']]);
  });
});

describe('findStudent()', () => {
  test('at another width changes the dense layer alone: parameters follow', () => {
    // Kernel 3,136 x width, gamma and beta.
    const wanted = countParameters(studentNow('tiny')) - (512 - 64) * (3136 + 2);
    expect(countParameters(studentNow('tiny', 64))).toBe(wanted);
    expect(studentNow('tiny', 64).embeddingSize).toBe(64);
    expect(studentNow('tiny').embeddingSize).toBe(512);
  });

  test('rejects with unknown-student', async () => {
    await expect(findStudent('resnet')).rejects.toMatchObject({ code: 'unknown-student' });
    expect(await findStudent('tiny', 64)).toEqual(studentNow('tiny', 64));
  });
});
