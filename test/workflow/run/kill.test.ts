import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../src/kit/math/random';
import { childrenOf, isAlive } from '../../helpers/processes';
import { manifestOf, temporaryFolder, type ToyStep } from '../../helpers/rig';

const PROGRAM = join(__dirname, '..', '..', 'helpers', 'toy-run.ts');
const REGISTER = join(__dirname, '..', '..', 'helpers', 'register-typescript.js');

const STEPS: Record<string, ToyStep> = {
  a: { uses: 'chatter' },
  b: { uses: 'chatter', from: ['a'] },
  c: { uses: 'say', from: ['a'], with: { word: 'c' } },
  d: { uses: 'chatter', from: ['b', 'c'] },
};

describe('a run that is killed', () => {
  let undisturbed: string[];
  let milliseconds: number;

  beforeAll(async () => {
    const artifacts = await temporaryFolder();
    const started = Date.now();
    expect((await ended(start(artifacts))).code).toBe(0);
    milliseconds = Date.now() - started;
    undisturbed = await digestsIn(artifacts);
  });

  test('by SIGKILL at random moments goes on, and ends with the digests of an undisturbed one', async () => {
    const random = seededRandom(7, 'kill');
    for (let trial = 0; trial < 3; trial++) {
      const artifacts = await temporaryFolder();
      const finished: string[] = [];
      for (let kill = 0; kill < 3; kill++) {
        const child = start(artifacts);
        const timer = setTimeout(() => child.kill('SIGKILL'), 0.9 * milliseconds * random.uniform());
        const { lines } = await ended(child);
        clearTimeout(timer);
        finished.push(...lines.filter(line => line.type === 'stage-finished').map(line => String(line.stage)));
      }
      const { code, lines } = await ended(start(artifacts));
      expect(code).toBe(0);
      expect(await digestsIn(artifacts)).toEqual(undisturbed);
      // Nothing that was reported as finished is done again.
      const again = lines.filter(line => line.type === 'stage-finished').map(line => String(line.stage));
      expect(finished.filter(stage => again.includes(stage))).toEqual([]);
      expect(await readdir(join(artifacts, '.store', 'tmp'))).toEqual([]);
    }
  });

  test('by SIGKILL leaves no stage running', async () => {
    const child = start(await temporaryFolder(), { deaf: { uses: 'deaf' } });
    await progressOf(child);
    const [stage] = childrenOf(child.pid!);
    expect(isAlive(stage!)).toBe(true);
    child.kill('SIGKILL');
    while (isAlive(stage!)) await new Promise(resolve => setTimeout(resolve, 20));
  });

  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 5],
    ['SIGHUP', 5],
  ] as const) {
    test(`by ${signal} stops cleanly with exit code ${exit} and keeps what is finished`, async () => {
      const artifacts = await temporaryFolder();
      const child = start(artifacts, { a: { uses: 'say' }, b: { uses: 'listen', from: ['a'] } });
      await progressOf(child);
      child.kill(signal);
      const { code, lines } = await ended(child);
      expect(code).toBe(exit);
      expect(lines.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'interrupted', executed: 1, notRun: 1 });
      expect(await readdir(join(artifacts, '.store', 'tmp'))).toEqual([]);
    });
  }

  test('by the end of its terminal, which both shell and system tell all its processes, keeps a last checkpoint', async () => {
    const artifacts = await temporaryFolder();
    const child = start(artifacts, { a: { uses: 'keep' } }, { detached: true });
    await progressOf(child);
    process.kill(-child.pid!, 'SIGHUP');
    await new Promise(resolve => setTimeout(resolve, 100));
    process.kill(-child.pid!, 'SIGHUP');
    const { code, lines } = await ended(child);
    expect(code).toBe(5);
    expect(lines.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'interrupted', notRun: 1 });
    const [key] = await readdir(join(artifacts, '.store', 'checkpoints'));
    expect(await readdir(join(artifacts, '.store', 'checkpoints', key!))).toEqual(['kept']);
  });

  test('by Ctrl-C twice ends at once, although a stage is deaf', async () => {
    const child = start(await temporaryFolder(), { deaf: { uses: 'deaf' } });
    await progressOf(child);
    child.kill('SIGINT');
    await new Promise(resolve => setTimeout(resolve, 100));
    child.kill('SIGINT');
    const { code, lines } = await ended(child);
    expect(code).toBe(130);
    // A clean end would have been told.
    expect(lines.at(-1)!.type).toBe('stage-progress');
  });
});

function start(artifacts: string, steps = STEPS, options: { readonly detached?: boolean } = {}): ChildProcess {
  return spawn(process.execPath, ['-r', REGISTER, PROGRAM, artifacts, JSON.stringify(steps)], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
}

function ended(child: ChildProcess): Promise<Ended> {
  let text = heard.get(child) ?? '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise(resolve =>
    child.on('close', code => {
      const whole = text.split('\n').slice(0, -1);
      resolve({ code, lines: whole.map(line => JSON.parse(line) as Record<string, unknown>) });
    }),
  );
}

// What a process said before somebody listened for its end.
const heard = new WeakMap<ChildProcess, string>();

function progressOf(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    const listen = (chunk: Buffer): void => {
      heard.set(child, (heard.get(child) ?? '') + chunk.toString());
      if (!heard.get(child)!.includes('stage-progress')) return;
      child.stdout!.off('data', listen);
      resolve();
    };
    child.stdout!.on('data', listen);
  });
}

async function digestsIn(artifacts: string): Promise<string[]> {
  const digests = Object.keys(STEPS).map(async step => (await manifestOf(artifacts, step)).digest);
  return [...(await Promise.all(digests)), await readFile(join(artifacts, 'toy', 'd', 'text', '39.txt'), 'utf8')];
}
