/**
 * Kills of the real command line at random moments: `npm run fire:kills -- [--kills=200] [--seed=1] [--folder=FOLDER]`. Needs the build,
 * Linux and, for containers, `unshare`. Ends with 1 if anything was wrong: other digests than an undisturbed run, a process of ours alive
 * after 5 s, damage, something left in the store's temporary folder, or a run that cannot be finished.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/kit/math/random';
import { readOption, readText } from '../bench/options';
import { alive, digestsOf, makeStudy, run, start, treeOf, workingIn, type Running } from './study';

type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGINT' | 'SIGHUP';
interface Kill {
  readonly what: string;
  readonly signal: Signal;
  readonly whom: 'parent' | 'child' | 'group' | 'container';
}

const CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const KILLS: readonly Kill[] = [
  { what: 'parent killed', signal: 'SIGKILL', whom: 'parent' },
  { what: 'child killed', signal: 'SIGKILL', whom: 'child' },
  { what: 'group killed', signal: 'SIGKILL', whom: 'group' },
  { what: 'container killed', signal: 'SIGKILL', whom: 'container' },
  { what: 'parent terminated', signal: 'SIGTERM', whom: 'parent' },
  { what: 'group interrupted (Ctrl-C)', signal: 'SIGINT', whom: 'group' },
  { what: 'terminal closed', signal: 'SIGHUP', whom: 'group' },
];

const ARGS = ['run', 'one.yaml', '--jobs', '2'];
const random = seededRandom(readOption('seed', 1), 'fire');
const wrong: string[] = [];

async function main(): Promise<void> {
  const given = readText('folder');
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'fairdistill-fire-')) : resolve(given);
  makeStudy(folder);
  const began = performance.now();
  const undisturbed = run(folder, [...ARGS, '--artifacts', 'undisturbed']);
  if (undisturbed.code !== 0) throw new Error(undisturbed.text);
  const seconds = (performance.now() - began) / 1e3;
  const wanted = digestsOf(join(folder, 'undisturbed'), 'one');
  say(`undisturbed: ${seconds.toFixed(1)} s, ${Object.keys(wanted).length} outputs`);
  const kinds = canContain() ? KILLS : KILLS.filter(({ whom }) => whom !== 'container');
  if (kinds.length < KILLS.length) say('no containers here: unshare is refused');

  const total = readOption('kills', 200);
  const counts = new Map<string, { kills: number; hits: number }>();
  let finished = 0;
  for (let kill = 0; kill < total;) {
    // Each store is killed one to five times, and then finished.
    const artifacts = `store-${finished}`;
    const times = Math.min(total - kill, 1 + random.integer(5));
    let isContained = false;
    for (let i = 0; i < times; i++, kill++) {
      const kind = kinds[kill % kinds.length]!;
      const count = counts.get(kind.what) ?? { kills: 0, hits: 0 };
      counts.set(kind.what, count);
      count.kills++;
      const isHit = await strike(folder, artifacts, kind, 0.9 * seconds * random.uniform());
      if (isHit) count.hits++;
      isContained ||= isHit && kind.whom === 'container';
    }
    finish(folder, artifacts, wanted, isContained);
    finished++;
    if (finished % 10 === 0) say(`${kill} of ${total} kills, ${finished} stores finished, ${wrong.length} wrong`);
  }
  for (const [what, { kills, hits }] of counts)
    say(`${what.padEnd(28)} ${kills} kills, ${hits} of a run that was going on`);
  say(`${finished} stores finished with equal digests, verified; wrong: ${wrong.length}`);
  for (const text of wrong) say(text);
  if (given === undefined) rmSync(folder, { recursive: true });
  process.exit(wrong.length === 0 ? 0 : 1);
}

/** Whether the run was still going on. */
async function strike(
  folder: string,
  artifacts: string,
  { what, signal, whom }: Kill,
  after: number,
): Promise<boolean> {
  const { child, ended } = start(folder, [...ARGS, '--artifacts', artifacts], whom === 'container' ? CONTAINER : []);
  await Promise.race([sleep(after * 1e3), ended]);
  const isRunning = child.exitCode === null;
  const tree = isRunning ? treeOf(child.pid!) : [];
  if (isRunning) {
    const below = tree.filter(({ pid }) => pid !== child.pid);
    if (whom === 'child' && below.length > 0) process.kill(below[random.integer(below.length)]!.pid, signal);
    else process.kill(whom === 'group' ? -child.pid! : child.pid!, signal);
  }
  // A run that was asked to end may take its time to keep what it has; one whose stage was killed ends by itself.
  const { code, text } = await ended;
  if (/bug in fairdistill|^ {4}at /m.test(text)) wrong.push(`${what}: ${text.slice(-600)}`);
  if (isRunning && whom !== 'child' && code === 0) wrong.push(`${what}: exit code 0`);
  const left = await leftAfter5s(tree, folder);
  for (const { command } of left) wrong.push(`${what} after ${after.toFixed(2)} s: alive after 5 s: ${command}`);
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  return isRunning;
}

async function leftAfter5s(tree: readonly Running[], folder: string): Promise<Running[]> {
  for (let waited = 0; waited < 50; waited++) {
    if (alive(tree).length === 0 && workingIn(folder).length === 0) return [];
    await sleep(100);
  }
  return [...alive(tree), ...workingIn(folder)];
}

/** @param isContained whether a container was killed: what it leaves waits a day, because nobody else can tell that it is dead */
function finish(folder: string, artifacts: string, wanted: Record<string, string>, isContained: boolean): void {
  const { code, text } = run(folder, [...ARGS, '--artifacts', artifacts]);
  if (code !== 0) {
    wrong.push(`${artifacts} cannot be finished (${String(code)}): ${text.slice(-600)}`);
    return;
  }
  const found = digestsOf(join(folder, artifacts), 'one');
  if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push(`${artifacts}: other digests`);
  const verified = run(folder, ['verify', '--artifacts', artifacts]);
  if (verified.code !== 0) wrong.push(`${artifacts}: verify: ${verified.text.slice(-600)}`);
  const temporary = join(folder, artifacts, '.store', 'tmp');
  const left = readdirSync(temporary);
  if (left.length > 0 && !isContained) wrong.push(`${artifacts}: left in tmp: ${left.join(' ')}`);
  rmSync(join(folder, artifacts), { recursive: true });
}

function canContain(): boolean {
  return spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), 'true']).status === 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
