/**
 * Six command lines on one store, with gc, verify and accept beside them: `npm run fire:together -- [--minutes=10] [--folder=FOLDER]`.
 * Needs the build. Ends with 1 if a run failed, verify told of damage, or digests differ from those of undisturbed runs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { seededRandom } from '../../src/kit/math/random';
import { readOption, readText } from '../bench/options';
import { digestsOf, makeStudy, run, start, type Ended } from './study';

interface Actor {
  readonly name: string;
  readonly next: () => readonly string[];
  /** Exit codes that are no fault: `accept` finds nothing to accept, most of the time. */
  readonly allowed: readonly number[];
}

const random = seededRandom(readOption('seed', 1), 'together');
const oneOf = <Item>(items: readonly Item[]): Item => items[random.integer(items.length)]!;
const STAGES = ['read', 'align', 'align-test', 'train', 'embed', 'distil', 'evaluate', 'report'];
const file = (): string => oneOf(['one.yaml', 'two.yaml']);

const ACTORS: readonly Actor[] = [
  ...Array.from({ length: 6 }, (_, i): Actor => {
    const next = () => [
      'run',
      file(),
      '--jobs',
      '1',
      ...oneOf([[], [], ['--force', oneOf(STAGES)], ['--until', oneOf(STAGES)]]),
    ];
    return { name: `run ${i + 1}`, next, allowed: [0] };
  }),
  { name: 'gc', next: () => ['gc', '--keep-runs', '1', '--keep-for', '0s'], allowed: [0] },
  { name: 'verify', next: () => ['verify'], allowed: [0] },
  { name: 'accept', next: () => ['accept', file(), oneOf(STAGES), '--because', 'tried'], allowed: [0, 1, 2, 3] },
];

async function main(): Promise<void> {
  const given = readText('folder');
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'fairdistill-fire-')) : resolve(given);
  makeStudy(folder);
  const wanted = Object.fromEntries(
    ['one', 'two'].map(name => {
      const { code, text } = run(folder, ['run', `${name}.yaml`, '--artifacts', 'undisturbed']);
      if (code !== 0) throw new Error(text);
      return [name, digestsOf(join(folder, 'undisturbed'), name)];
    }),
  );
  // Before the first result there is nothing to verify.
  run(folder, ['run', 'one.yaml', 'read']);
  const wrong: string[] = [];
  const counts = new Map<string, number>();
  const end = performance.now() + 60e3 * readOption('minutes', 10);
  await Promise.all(
    ACTORS.map(async ({ name, next, allowed }) => {
      while (performance.now() < end) {
        const args = next();
        const { code, text }: Ended = await start(folder, args).ended;
        const kind = name.split(' ')[0]!;
        counts.set(`${kind}, exit ${String(code)}`, (counts.get(`${kind}, exit ${String(code)}`) ?? 0) + 1);
        const isFault = !allowed.includes(code ?? -1) || /bug in fairdistill|^ {4}at |damaged/m.test(text);
        if (isFault) wrong.push(`${args.join(' ')} (${String(code)}): ${text.slice(-800)}`);
      }
    }),
  );
  for (const name of ['one', 'two']) {
    const { code, text } = run(folder, ['run', `${name}.yaml`]);
    if (code !== 0) wrong.push(`last run of ${name} (${String(code)}): ${text.slice(-800)}`);
    else if (JSON.stringify(digestsOf(join(folder, 'artifacts'), name)) !== JSON.stringify(wanted[name]))
      wrong.push(`${name}: other digests than an undisturbed run`);
  }
  for (const [what, count] of [...counts].sort()) say(`${what}: ${count}`);
  say(`wrong: ${wrong.length}`);
  for (const text of wrong) say(text);
  if (given === undefined) rmSync(folder, { recursive: true });
  process.exit(wrong.length === 0 ? 0 : 1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
