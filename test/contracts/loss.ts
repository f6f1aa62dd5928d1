import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { seededRandom } from '../../src/kit/math/random';
import type { Tf } from '../../src/learning/engines/engine';
import { startEngine } from '../../src/learning/engines/start-engine';
import type { Loss, Sizes, TermInput, TermValue } from '../../src/learning/losses/loss';
import { normal, relativeDifference } from '../helpers/engines';
import { TEST_ENGINES } from '../helpers/usable-engines';
import { defaultOptions } from './default-options';

/** Columns of `training.csv` and names in `metrics.json` that no measure may have. */
const RESERVED = ['step', 'steps', 'epoch', 'epochs', 'loss', 'learningRate', 'gradientNorm', 'clipFactor', 'clipped'];

/** What a loss is given, as plain arrays. */
interface Given extends Sizes {
  readonly faces: number;
  readonly embeddings: Float32Array;
  readonly labels: Int32Array;
  readonly teacher: Float32Array;
  /** By name of the parameter. */
  readonly own: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>;
  readonly drawn: Readonly<Record<string, Float32Array>>;
}

/** The rules of the contract that a test can hold, for a member of the family. */
export function checkLoss(name: string, loss: Loss): void {
  const options = defaultOptions(loss.options);

  function givenOf(faces: number, classes: number, dimensions = 6): Given {
    const own = (loss.parameters?.({ dimensions, classes }, options) ?? []).map(({ name, shape, initial }) => {
      return [name, { shape, values: initial(seededRandom(1, name)) }] as const;
    });
    return {
      ...{ faces, classes, dimensions, own: Object.fromEntries(own) },
      embeddings: normal([faces, dimensions], 'embeddings'),
      labels: Int32Array.from({ length: faces }, (_, i) => (i * 3) % classes),
      teacher: normal([faces, dimensions], 'teacher'),
      drawn: loss.draws?.(faces, seededRandom(1, 'step'), options) ?? {},
    };
  }

  function valueOf(tf: Tf, given: Given, embeddings: Tensor, own: Readonly<Record<string, Tensor>>): TermValue {
    const { faces, dimensions, labels, teacher, drawn } = given;
    const input: TermInput = {
      ...{ embeddings: embeddings as Tensor2D, own, labels: tf.tensor1d(labels, 'int32') },
      ...(loss.needsTeacher && { teacher: tf.tensor2d(teacher, [faces, dimensions]) }),
      drawn: Object.fromEntries(Object.entries(drawn).map(([each, values]) => [each, tf.tensor1d(values)])),
    };
    return loss.value(tf, input, options);
  }

  /** Loss, measures, and the gradients of the embeddings and of every parameter, by name. */
  function compute(tf: Tf, given: Given): { loss: number; measures: number[]; gradients: Map<string, Float32Array> } {
    const names = Object.keys(given.own);
    const found = tf.tidy(() => {
      let measures: Tensor[] = [];
      const shapes = [[given.faces, given.dimensions], ...names.map(each => given.own[each]!.shape)];
      const values = [given.embeddings, ...names.map(each => given.own[each]!.values)];
      const tensors = values.map((each, i) => tf.tensor(each, [...shapes[i]!], 'float32'));
      const { value, grads } = tf.valueAndGrads((...given_: Tensor[]) => {
        const own = Object.fromEntries(names.map((each, i) => [each, given_[i + 1]!]));
        const made = valueOf(tf, given, given_[0]!, own);
        expect(Object.keys(made.measures)).toEqual([...loss.measures]);
        measures = Object.values(made.measures).map(each => tf.keep(each));
        return made.loss;
      })(tensors);
      return { value: tf.keep(value), grads: grads.map(each => tf.keep(each)), measures };
    });
    const read = (tensor: Tensor): Float32Array => Float32Array.from(tensor.dataSync());
    const gradients = new Map(['embeddings', ...names].map((each, i) => [each, read(found.grads[i]!)] as const));
    const result = { loss: read(found.value)[0]!, measures: found.measures.map(each => read(each)[0]!), gradients };
    tf.dispose([found.value, ...found.grads, ...found.measures]);
    return result;
  }

  /** The same with some array moved by so much along a direction. */
  function moved(given: Given, name: string, direction: Float32Array, by: number): Given {
    const along = (values: Float32Array): Float32Array => values.map((value, i) => value + by * direction[i]!);
    if (name === 'embeddings') return { ...given, embeddings: along(given.embeddings) };
    const own = given.own[name]!;
    return { ...given, own: { ...given.own, [name]: { ...own, values: along(own.values) } } };
  }

  describe(`the loss ${name}`, () => {
    let tf: Tf;
    beforeAll(async () => {
      tf = await startEngine('cpu');
    });

    test('has a weight with a default, and measures under names of their own', () => {
      expect(options.weight).toBeGreaterThan(0);
      expect(new Set([...loss.measures, ...RESERVED]).size).toBe(loss.measures.length + RESERVED.length);
      expect(RESERVED).not.toContain(name);
      expect([loss.odd?.(options) ?? [], loss.least.share < 1, loss.least.hint === '']).toEqual([[], true, false]);
    });

    test('starts its parameters with values of their shape, a function of the random numbers', () => {
      const [first, again] = [givenOf(4, 3), givenOf(4, 3)];
      expect(again).toEqual(first);
      for (const { shape, values } of Object.values(first.own)) {
        expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
        expect(values.every(Number.isFinite)).toBe(true);
      }
      for (const values of Object.values(first.drawn)) expect(values.length % 4).toBe(0);
    });

    test('has gradients that are those of finite differences', () => {
      const given = givenOf(6, 4);
      const { gradients } = compute(tf, given);
      for (const [each, gradient] of gradients) {
        const values = each === 'embeddings' ? given.embeddings : given.own[each]!.values;
        const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
        for (const label of ['a', 'b', 'c']) {
          const direction = normal([values.length], `direction ${label}`).map(value => size * value);
          const [step, far] = [1e-3, direction.reduce((sum, value) => sum + Math.abs(value), 0) / size];
          const [ahead, behind] = [step, -step].map(by => compute(tf, moved(given, each, direction, by)).loss);
          const wanted = (ahead! - behind!) / (2 * step);
          const slope = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
          const largest = size * Math.hypot(...gradient);
          expect(Math.abs(slope - wanted)).toBeLessThan(0.01 * largest + 1e-6 * far);
        }
      }
    });

    test.each(TEST_ENGINES)('gives on %s what composed operations give', async engine => {
      const given = givenOf(6, 4);
      const wanted = compute(tf, given);
      const found = compute(await startEngine(engine, { threads: 1 }), given);
      tf = await startEngine('cpu');
      expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(1e-5 * Math.abs(wanted.loss));
      expect(relativeDifference([1, ...found.measures], [1, ...wanted.measures])).toBeLessThan(1e-6);
      for (const [each, gradient] of wanted.gradients) {
        expect(relativeDifference(found.gradients.get(each)!, gradient)).toBeLessThan(1e-4);
      }
    });

    test('is the mean over equal parts of a batch', () => {
      const whole = givenOf(6, 4);
      const halves = [0, 1].map((half): Given => {
        const part = <T extends Float32Array | Int32Array>(values: T): T =>
          values.slice((half * values.length) / 2, ((half + 1) * values.length) / 2) as T;
        const drawn = Object.entries(whole.drawn).map(([each, values]) => [each, part(values)] as const);
        const { embeddings, labels, teacher } = whole;
        const parts = { embeddings: part(embeddings), labels: part(labels), teacher: part(teacher) };
        return { ...whole, ...parts, faces: 3, drawn: Object.fromEntries(drawn) };
      });
      const [one, two] = halves.map(half => compute(tf, half));
      const { loss, measures } = compute(tf, whole);
      expect((one!.loss + two!.loss) / 2 / loss).toBeCloseTo(1, 5);
      for (const [i, value] of measures.entries())
        expect((one!.measures[i]! + two!.measures[i]!) / 2).toBeCloseTo(value, 5);
    });

    test.each<[string, (given: Given) => Given, number, number]>([
      ['embeddings of zeros', given => ({ ...given, embeddings: new Float32Array(given.embeddings.length) }), 4, 3],
      ['a teacher of zeros', given => ({ ...given, teacher: new Float32Array(given.teacher.length) }), 4, 3],
      ['one face', given => given, 1, 3],
      ['two classes of which one is shown', given => ({ ...given, labels: new Int32Array(4) }), 4, 2],
    ])('is a finite number for %s', (_, change, faces, classes) => {
      const { loss, measures } = compute(tf, change(givenOf(faces, classes)));
      expect([loss, ...measures].filter(value => !Number.isFinite(value))).toEqual([]);
    });
  });
}
