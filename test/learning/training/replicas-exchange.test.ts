import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../src/kit/math/random';
import {
  joinExchange,
  ReplicaStopped,
  shareMemory,
  type Exchange,
  type SharedMemory,
} from '../../../src/learning/training/replicas/exchange';
import { partOf, randomOfPart, shardOf } from '../../../src/learning/training/replicas/shard';

const EXCHANGE = require.resolve('../../../src/learning/training/replicas/exchange');
const REGISTER = join(__dirname, '..', '..', 'helpers', 'register-typescript.js');

/** Runs the text `body`, which knows `exchange` and its index `i`, in a thread for each index but 0; resolves to what they give. */
function others(memory: SharedMemory, body: string): Promise<unknown[]> {
  const program = `
    const { workerData: { memory, index }, parentPort } = require('node:worker_threads');
    const exchange = require(${JSON.stringify(EXCHANGE)}).joinExchange(memory, index);
    try { parentPort.postMessage(((exchange, i) => { ${body} })(exchange, index)); }
    catch (error) { parentPort.postMessage(error.message); }`;
  const start = (index: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const workerData = { memory, index };
      const worker = new Worker(program, { eval: true, workerData, execArgv: ['-r', REGISTER] });
      worker.on('message', resolve);
      worker.on('error', reject);
    });
  return Promise.all(Array.from({ length: memory.count - 1 }, (_, i) => start(i + 1)));
}

describe('joinExchange()', () => {
  test('gather() gives what every replica gave, in their order, call after call', async () => {
    const memory = shareMemory(3, { small: 2, large: 0 });
    const turns = 200;
    const body = `
      const found = [];
      for (let turn = 0; turn < ${turns}; turn++)
        found.push(exchange.gather(Float32Array.of(i, turn)).map(values => [...values]));
      return found;`;
    const ended = others(memory, body);
    const exchange = joinExchange(memory, 0);
    const own = Array.from({ length: turns }, (_, turn) =>
      exchange.gather(Float32Array.of(0, turn)).map(values => [...values]),
    );
    expect(own).toEqual(Array.from({ length: turns }, (_, turn) => [0, 1, 2].map(i => [i, turn])));
    expect(await ended).toEqual([own, own]);
  });

  test('gather() takes fewer values than there is room for', () => {
    const exchange = joinExchange(shareMemory(1, { small: 5, large: 0 }), 0);
    expect(exchange.gather(Float32Array.of(3, 4))).toEqual([Float32Array.of(3, 4)]);
  });

  test('average() gives the means of arrays of any lengths, to all alike', async () => {
    const memory = shareMemory(3, { small: 0, large: 8 });
    const give = 'exchange.average([Float32Array.of(i, 10 * i, 7), new Float32Array(0), Float32Array.of(i * i)])';
    const ended = others(memory, `${give}; return ${give}.map(values => [...values]);`);
    const exchange = joinExchange(memory, 0);
    const average = (): Float32Array[] =>
      exchange.average([Float32Array.of(0, 0, 7), new Float32Array(0), Float32Array.of(0)]);
    average();
    const own = average().map(values => [...values]);
    // (0 + 1 + 2) / 3, (0 + 10 + 20) / 3, 7; (0 + 1 + 4) / 3 in float32.
    expect(own).toEqual([[1, 10, 7], [], [Math.fround(5 / 3)]]);
    expect(await ended).toEqual([own, own]);
  });

  test('stop() ends the waiting of the others, and every later call', async () => {
    const memory = shareMemory(3, { small: 1, large: 1 });
    const ended = others(memory, 'exchange.gather(new Float32Array(1));');
    // Both wait: the first number is how many have arrived.
    while (Atomics.load(memory.control, 0) < 2) await setTimeout(1);
    const exchange = joinExchange(memory, 0);
    exchange.stop();
    expect(await ended).toEqual(Array(2).fill('Another replica of the training stopped'));
    expect(() => exchange.average([])).toThrow(ReplicaStopped);
  });

  test('a call throws when another replica does not come in time', () => {
    const exchange: Exchange = joinExchange(shareMemory(2, { small: 1, large: 0 }), 0, 20);
    expect(() => exchange.gather(new Float32Array(1))).toThrow('did not come for 0.02 s');
  });
});

describe('the parts of a batch', () => {
  test('shardOf() takes the rows of a part, and leaves who they are whole', () => {
    const whole = {
      count: 4,
      pixels: Float32Array.from({ length: 12 }, (_, i) => i),
      labels: Int32Array.of(5, 6, 7, 8),
      teacher: Float32Array.from({ length: 8 }, (_, i) => -i),
      samples: Uint32Array.of(9, 10, 11, 12),
      mirrored: Uint8Array.of(0, 1, 0, 1),
    };
    expect(shardOf(whole, { index: 1, count: 2 })).toEqual({
      ...whole,
      count: 2,
      pixels: Float32Array.of(6, 7, 8, 9, 10, 11),
      labels: Int32Array.of(7, 8),
      teacher: Float32Array.of(-4, -5, -6, -7),
    });
    const { teacher, ...without } = whole;
    expect(teacher).toBeDefined();
    expect(shardOf(without, { index: 0, count: 4 })).not.toHaveProperty('teacher');
  });

  test.each([1, 2, 3])('randomOfPart() draws for %i parts what is drawn for the whole', count => {
    const sizes = [2, 5, 1];
    const whole = seededRandom(1, 'masks');
    const masks = sizes.map(size => Float32Array.from({ length: size * count }, () => whole.uniform()));
    for (let index = 0; index < count; index++) {
      const random = randomOfPart(seededRandom(1, 'masks'), { index, count }, sizes);
      const drawn = sizes.map(size => Float32Array.from({ length: size }, () => random.uniform()));
      expect(drawn).toEqual(masks.map(mask => partOf(mask, { index, count })));
      expect(() => random.uniform()).toThrow(RangeError);
    }
  });
});
