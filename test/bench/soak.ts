/**
 * Memory of a long training:
 * node --expose-gc --max-semi-space-size=2 -r ./test/helpers/register-typescript.js test/bench/soak.ts [engine] [steps]
 *
 * Prints the memory of the process every tenth of the way, after a collection, and ends with 1 if tensors or recycled bytes have
 * grown since step 10, or the resident memory since the first tenth by more than 8 MiB. V8's young generation is held at one size,
 * or it grows by 16 MiB at a time that nobody knows.
 */
import type { EngineName } from '../../src/learning/engines';
import { soak, type Held } from '../helpers/soak';

const [engine = 'onednn', steps = '2000'] = process.argv.slice(2);

async function main(): Promise<void> {
  const every = Math.ceil(Number(steps) / 10);
  const resident: number[] = [];
  let early: Held | undefined;
  let last: Held | undefined;
  await soak(engine as EngineName, Number(steps), (step, held) => {
    if (step === 10) early = held;
    last = held;
    if (step % every !== 0) return;
    (globalThis as { gc?: () => void }).gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    resident.push(rss / 2 ** 20);
    const parts = Object.entries({ resident: rss, heap: heapUsed, external });
    const text = parts.map(([name, bytes]) => `${name} ${(bytes / 2 ** 20).toFixed(2)} MiB`).join(', ');
    process.stdout.write(`step ${step}: ${text}\n`);
  });
  const growth = Math.max(...resident.slice(1)) - resident[0]!;
  process.stdout.write(`${JSON.stringify(early)} after step 10\n${JSON.stringify(last)} after step ${steps}\n`);
  process.stdout.write(`largest growth after step ${every}: ${growth.toFixed(2)} MiB\n`);
  process.exit(JSON.stringify(early) === JSON.stringify(last) && growth < 8 ? 0 : 1);
}

void main();
