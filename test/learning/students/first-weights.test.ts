import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { initialCentres } from '../../../src/learning/losses/elastic-arcface';
import { seededRandom, type Random } from '../../../src/kit/math/random';
import { initialise, parametersOf, sizeOf } from '../../../src/learning/networks';
import { ALL_STUDENTS, studentNow } from '../../helpers/families';

/** Of a kernel or bias as PyTorch makes it: standard deviation and, where it is uniform, the bound. Made by make.py beside it. */
interface Published {
  readonly std: number;
  readonly bound?: number;
  /** In PyTorch. */
  readonly drawn: Drawn;
}

const PUBLISHED = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'fixtures', 'initialisation', 'published.json'), 'utf8'),
) as Record<string, Record<string, Published>>;

/** In five standard errors of the deviation of so many values, that of the normal distribution, which is the larger one. */
const WITHIN = 5;

const TABLE = 65_521;

/** A table of a seeded generator's values, over and over: millions of weights are not drawn one by one in a test. */
function tabled(size = TABLE): Random {
  const random = seededRandom(1);
  const normals = Float64Array.from({ length: size }, () => random.normal());
  const uniforms = Float64Array.from({ length: size }, () => random.uniform());
  let next = 0;
  return { ...random, normal: () => normals[next++ % size]!, uniform: () => uniforms[next++ % size]! };
}

interface Drawn {
  readonly count: number;
  readonly mean: number;
  readonly std: number;
  readonly largest: number;
}

function drawn(all: Float32Array): Drawn {
  const values = all.subarray(0, TABLE);
  let [sum, squares, largest] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    sum += value;
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  const count = values.length;
  return { count, mean: sum / count, std: Math.sqrt(squares / count), largest };
}

describe.each(Object.keys(PUBLISHED))('first weights of %s', name => {
  const student = studentNow(name);
  const random = parametersOf(student).filter(({ role }) => role === 'kernel' || role === 'bias');
  // iResNet with a narrow embedding, for its dense layer's distribution depends on its inputs alone: a quarter of the values.
  const weights = initialise(name === 'iresnet18' ? studentNow(name, 64) : student, tabled());

  test('are published for the same kernels and biases, of the same size', () => {
    expect(random.map(({ name: parameter }) => parameter)).toEqual(Object.keys(PUBLISHED[name]!));
    const published = Object.values(PUBLISHED[name]!).map(of => of.drawn.count);
    expect(random.map(({ shape }) => sizeOf(shape))).toEqual(published);
  });

  test('have the published deviation, mean 0 and, where uniform, the bounds', () => {
    const wrong = random.flatMap(({ name: parameter }) => {
      const { std, bound } = PUBLISHED[name]![parameter]!;
      const found = drawn(weights.get(parameter)!.values);
      const isStd = Math.abs(found.std / std - 1) < WITHIN / Math.sqrt(2 * found.count);
      const isMean = Math.abs(found.mean) < (WITHIN * std) / Math.sqrt(found.count);
      // The largest of uniform values is near the bound (1.7 deviations), of as many normal ones beyond two deviations.
      const isBound =
        bound === undefined ? found.largest > 2 * std : found.largest <= bound && found.largest > 0.9 * bound;
      return isStd && isMean && isBound ? [] : [{ parameter, found, std, bound }];
    });
    expect(wrong).toEqual([]);
  });
});

describe('first weights', () => {
  test('iresnet34 and iresnet50 start as iresnet18 does', () => {
    const { initialisation } = studentNow('iresnet18');
    expect(initialisation).toMatchObject({ convolutions: 0.1, dense: 'uniform-fan-in' });
    for (const name of ['iresnet34', 'iresnet50']) expect(studentNow(name).initialisation).toEqual(initialisation);
  });

  test.each(ALL_STUDENTS.map(student => [student.name, student] as const))(
    '%s says how it starts and who says so',
    (_, student) => {
      expect(student.initialisation?.source).toMatch(/\d{4}|insightface/);
    },
  );

  test('numbers by hand: depthwise kernels of MobileFaceNet 0.0589 (3 x 3, 64 channels) and 0.0089 (7 x 7, 512)', () => {
    const weights = initialise(studentNow('mobilefacenet', 8), tabled());
    expect(drawn(weights.get('stem/depthwise/conv/kernel')!.values).std).toBeCloseTo(Math.sqrt(2 / (3 * 3 * 64)), 2);
    expect(drawn(weights.get('global/conv/kernel')!.values).std).toBeCloseTo(Math.sqrt(2 / (7 * 7 * 512)), 3);
  });

  test.each([
    ['he-fan-out', Math.sqrt(2 / (49 * 512)), Math.sqrt(2 / 64)],
    ['he-fan-out-per-group', Math.sqrt(2 / 49), Math.sqrt(2 / 64)],
  ] as const)('%s goes before what is published', (choice, depthwise, dense) => {
    const weights = initialise(studentNow('mobilefacenet', 64, choice), tabled());
    expect(drawn(weights.get('global/conv/kernel')!.values).std / depthwise).toBeCloseTo(1, 1);
    expect(drawn(weights.get('embedding/kernel')!.values).std / dense).toBeCloseTo(1, 1);
    expect(studentNow('iresnet18', 64, choice).initialisation).toEqual(
      studentNow('mobilefacenet', 64, choice).initialisation,
    );
  });

  test('class centres are N(0, 0.01), as in the heads of ElasticFace', () => {
    const { std, mean } = drawn(initialCentres(512, 200, seededRandom(1)));
    expect(std / 0.01).toBeCloseTo(1, 1);
    expect(Math.abs(mean)).toBeLessThan(WITHIN * (0.01 / Math.sqrt(512 * 200)));
  });
});
