import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../src/learning/engines/engine';
import { startEngine } from '../../src/learning/engines/start-engine';
import type { Optimiser, OptimiserOptions, OptimiserState, Update } from '../../src/learning/optimisers/optimiser';
import { noSlots } from '../../src/learning/training/learner';
import { normal } from '../helpers/engines';
import { TEST_ENGINES } from '../helpers/usable-engines';
import { defaultOptions } from './default-options';

const SIZE = 40;
const TARGET = normal([SIZE], 'target');

/** The rules of the contract that a test can hold, for a member of the family. */
export function checkOptimiser(name: string, optimiser: Optimiser): void {
  const options = defaultOptions(optimiser.options);

  describe.each(TEST_ENGINES)(`the optimiser ${name} on %s`, engine => {
    let tf: Tf;
    beforeAll(async () => {
      tf = await startEngine(engine, { threads: 1 });
    });

    function start(values: ArrayLike<number> = new Float32Array(SIZE)): OptimiserState {
      const w = tf.tensor1d(Float32Array.from(values));
      return { parameters: new Map<string, Tensor>([['w', w]]), slots: noSlots(optimiser.slots) };
    }
    const valuesOf = ({ parameters, slots }: OptimiserState): Float32Array[] =>
      [parameters, ...Object.values(slots)].map(among => Float32Array.from(among.get('w')!.dataSync()));
    const give = ({ parameters, slots }: OptimiserState): void =>
      tf.dispose([parameters, ...Object.values(slots)].flatMap(among => [...among.values()]));

    interface Steps extends Omit<Update, 'name' | 'gradient'> {
      readonly from?: number;
      readonly rate?: number;
      readonly options?: OptimiserOptions;
      /** Of every step; that of half the squared distance to the target unless given. */
      readonly gradient?: Float32Array;
    }

    function take(state: OptimiserState, count: number, how: Steps = {}): void {
      const { from = 0, rate = 0.05, options: chosen = options, gradient: fixed, ...update } = how;
      for (let step = from + 1; step <= from + count; step++) {
        const w = state.parameters.get('w')!.dataSync<'float32'>();
        const gradient = tf.tensor1d(fixed ?? w.map((value, i) => value - TARGET[i]!));
        optimiser.step(tf, state, [{ name: 'w', gradient, ...update }], { learningRate: rate, step }, chosen);
        expect(gradient.isDisposed).toBe(false);
        gradient.dispose();
      }
    }
    const distance = (state: OptimiserState): number =>
      Math.hypot(
        ...state.parameters
          .get('w')!
          .dataSync()
          .map((value, i) => value - TARGET[i]!),
      );

    test('comes down a parabola', () => {
      const state = start();
      const before = distance(state);
      take(state, 100);
      expect(distance(state)).toBeLessThan(0.2 * before);
      give(state);
    });

    test('continues from what it remembers as if nothing had been, byte by byte', () => {
      const whole = start();
      take(whole, 3);
      const [w, ...remembered] = valuesOf(whole) as [Float32Array, ...Float32Array[]];
      expect(remembered.map(({ length }) => length)).toEqual(optimiser.slots.map(() => SIZE));
      const resumed = start(w);
      for (const [i, slot] of optimiser.slots.entries()) resumed.slots[slot]!.set('w', tf.tensor1d(remembered[i]!));
      take(whole, 2, { from: 3 });
      take(resumed, 2, { from: 3 });
      expect(valuesOf(resumed)).toEqual(valuesOf(whole));
      give(whole);
      give(resumed);
    });

    test('takes the rate of the step, and not that of its options', () => {
      const after = (how: Steps): Float32Array[] => {
        const state = start();
        take(state, 2, how);
        const values = valuesOf(state);
        give(state);
        return values;
      };
      const other = { ...options, learningRate: 7 };
      expect(after({ options: other })).toEqual(after({}));
      expect(after({ rate: 0.1 })).not.toEqual(after({}));
    });

    test('multiplies a gradient by its factor, and decays nothing that is not to decay', () => {
      const after = (how: Steps): Float32Array => {
        const state = start(TARGET);
        take(state, 1, how);
        const [w] = valuesOf(state) as [Float32Array];
        give(state);
        return w;
      };
      const gradient = normal([SIZE], 'gradient');
      expect(after({ gradient, factor: 0.5 })).toEqual(after({ gradient: gradient.map(value => value / 2) }));
      expect(after({ gradient: new Float32Array(SIZE), decay: false })).toEqual(TARGET);
    });

    test('makes no tensor after the first step', () => {
      const before = tf.memory().numTensors;
      const state = start();
      take(state, 1);
      const first = tf.memory().numTensors;
      take(state, 3, { from: 1 });
      expect(tf.memory().numTensors).toBe(first);
      give(state);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test(`the optimiser ${name} has nothing odd in its defaults`, () => {
    expect(optimiser.odd?.({ ...options, learningRate: 0.01 }) ?? []).toEqual([]);
    expect(options.clip).toBeGreaterThan(0);
  });
}
