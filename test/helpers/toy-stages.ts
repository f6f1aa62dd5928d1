import { pbkdf2Sync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../src/errors';
import type { AnyStage, FinishedArtifact, Picture, Stage, StageBody, StageContext, StageInput } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';

interface ToyInputs {
  readonly texts: readonly StageInput[];
}

type ToyContext = StageContext<Readonly<Record<string, string | number>>, ToyInputs>;

type Body = (context: ToyContext, emit: Emit) => Promise<void>;

/** A stage of letters: reads any number of texts, writes one. */
export function toyStage(name: string, body: Body, extra: Partial<Stage> = {}): AnyStage {
  return {
    name,
    summary: `Toy stage ${name}`,
    version: 1,
    options: { type: 'object', additionalProperties: false, properties: {} },
    inputs: { texts: { type: 'text', summary: 'Texts to read', optional: true, many: true } },
    outputs: { text: { type: 'text', summary: 'The text' } },
    body: inline(context => stageTask(emit => body(context, emit))),
    ...extra,
  };
}

/** The body of a stage that has no file of its own. */
export function inline(run: StageBody<Readonly<Record<string, string | number>>, ToyInputs>['run']): Stage['body'] {
  return () => Promise.resolve({ run });
}

/** What the stages before have written, one after the other. */
export async function readTexts({ inputs }: Pick<ToyContext, 'inputs'>): Promise<string> {
  const texts = await Promise.all(inputs.texts.map(input => readFile(join(input.folder, 'text.txt'), 'utf8')));
  return texts.join('');
}

export async function writeText(context: ToyContext, text: string): Promise<void> {
  await writeFile(join(context.output('text'), 'text.txt'), text);
}

export const say = toyStage('say', async (context, emit) => {
  await writeText(context, `${await readTexts(context)}${String(context.options['word'] ?? '')} `);
  emit({ type: 'metrics', values: { words: 1 } });
});

/** Says the same whatever it is told, as a stage does whose input changed in a way that does not matter. */
const shrug = toyStage('shrug', async context => {
  await readTexts(context);
  await writeText(context, 'whatever ');
});

/** Writes many small files, slowly. */
const chatter = toyStage('chatter', async (context, emit) => {
  const before = await readTexts(context);
  const total = 40;
  for (let done = 0; done < total; done++) {
    await writeFile(join(context.output('text'), `${done}.txt`), `${before}${done}\n`.repeat(100));
    emit({ type: 'progress', done: done + 1, total, unit: 'files' });
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  await writeText(context, `${before}chatter `);
  emit({ type: 'headline', text: 'All was said' });
});

const fail = toyStage('fail', async () => {
  await Promise.reject(new UserError('Cannot read photo.jpg: it is cut off; replace it', { code: 'corrupt' }));
});

const defect = toyStage('defect', async () => {
  await Promise.reject(new Error('x is not a function'));
});

/** Ends only when it is asked to. */
const listen = toyStage('listen', async ({ signal }, emit) => {
  emit({ type: 'progress', done: 0, unit: 'sounds' });
  const awake = setInterval(() => undefined, 1000);
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  clearInterval(awake);
});

/** Writes a checkpoint when it is asked to end, and takes its time for that. */
const keep = toyStage('keep', async ({ signal, checkpoints }, emit) => {
  emit({ type: 'progress', done: 0, unit: 'sounds' });
  const awake = setInterval(() => undefined, 1000);
  await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
  await new Promise(resolve => setTimeout(resolve, 300));
  clearInterval(awake);
  await writeFile(join(checkpoints.folder, 'kept'), '');
});

/** Does not listen to anybody. */
const deaf = toyStage('deaf', async (_, emit) => {
  emit({ type: 'progress', done: 0, unit: 'sounds' });
  await new Promise(resolve => setTimeout(resolve, 60_000));
});

/** Keeps its main thread busy without end, in JavaScript or in native code. */
const busy = toyStage('busy', async (context, emit) => {
  emit({ type: 'progress', done: 0, unit: 'sounds' });
  // What was said leaves the process with the next turn of its loop.
  await new Promise(resolve => setTimeout(resolve, 200));
  if (context.options['word'] === 'native') pbkdf2Sync('', '', 2 ** 31 - 1, 64, 'sha512');
  for (;;);
});

/** Is done while a thread of its own computes on in native code, which nothing can end but the end of the process. */
const linger = toyStage('linger', async (context, emit) => {
  const thread = new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.postMessage('begins');
     require('node:crypto').pbkdf2Sync('', '', 2 ** 31 - 1, 64, 'sha512');`,
    { eval: true, execArgv: [] },
  );
  await new Promise(resolve => thread.once('message', resolve));
  emit({ type: 'progress', done: 0, unit: 'sounds' });
  if (context.options['word'] === 'stay') await new Promise(resolve => setTimeout(resolve, 600_000));
  await writeText(context, 'lingers ');
});

const die = toyStage('die', async () => {
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
});

/** Something that it has loaded throws when the process ends. */
const leaveBadly = toyStage('leave-badly', async context => {
  process.on('exit', () => {
    throw new Error('It will not leave');
  });
  if (context.options['word'] === 'fail')
    throw new UserError('Cannot read photo.jpg: it is cut off; replace it', { code: 'corrupt' });
  await writeText(context, 'left ');
});

const eat = toyStage('eat', async () => {
  const heap: unknown[] = [];
  for (;;) {
    heap.push(new Array(100_000).fill(heap.length).map(String));
    await Promise.resolve();
  }
});

/** Takes so much memory outside of the heap of JavaScript, given in MB, writes down how much it has, and stays until it is told to end. */
const gorge = toyStage('gorge', async ({ options, signal, checkpoints }, emit) => {
  const taken: Buffer[] = [];
  if (options['word'] === 'at once') {
    // One call after the other: nothing of the event loop comes to its turn.
    for (let bite = 0; bite < 60; bite++) {
      taken.push(Buffer.alloc(20e6, 1));
      pbkdf2Sync('', '', 50_000, 64, 'sha512');
    }
  }
  for (let megabytes = 0; megabytes < Number(options['word']); megabytes += 20) {
    // Written to, or the system gives none.
    taken.push(Buffer.alloc(20e6, 1));
    await writeFile(join(checkpoints.folder, 'taken'), String(megabytes));
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  emit({ type: 'progress', done: taken.length, unit: 'bites' });
  const awake = setInterval(() => undefined, 1000);
  await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
  clearInterval(awake);
});

/** One of each event, in order. */
const recite = toyStage('recite', async (context, emit) => {
  emit({ type: 'log', level: 'info', text: 'begins' });
  emit({ type: 'progress', done: 1, total: 2, unit: 'verses' });
  emit({ type: 'metrics', values: { cores: context.cores, engine: context.engine } });
  await writeText(context, `${String(context.options['word'] ?? '')} `);
  await writeFile(join(context.folder, 'verse.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  emit({ type: 'look', file: 'verse.svg', caption: 'A verse' });
  emit({ type: 'headline', text: 'Recited' });
  emit({ type: 'log', level: 'warn', text: 'ends' });
});

/** Tells what it was given beside its inputs. */
const lookRound = toyStage('look-round', async (context, emit) => {
  const earlier = context.earlier.map(artifact => artifact.output('text'));
  emit({
    type: 'metrics',
    values: { earlier, checkpoints: context.checkpoints.folder, mode: process.env['TOY_MODE'] ?? '' },
  });
  await writeText(context, 'looked ');
});

/** Says a word, and has it drawn; with some words that goes wrong. */
const paint = toyStage(
  'paint',
  async context => writeText(context, `${await readTexts(context)}${String(context.options['word'] ?? '')}`),
  { pictures: () => Promise.resolve({ draw: drawWord }) },
);

async function* drawWord(artifact: FinishedArtifact): AsyncGenerator<Picture> {
  const word = await readFile(join(artifact.output('text'), 'text.txt'), 'utf8');
  yield {
    file: 'word.svg',
    caption: `The word ${word}`,
    content: `<svg xmlns="http://www.w3.org/2000/svg">${word}</svg>`,
  };
  if (word === 'fail') throw new UserError('Cannot draw it: there is no ink; buy some', { code: 'bad-folds' });
  if (word === 'defect') throw new Error('x is not a function');
  if (word === 'die') process.kill(process.pid, 'SIGKILL');
  if (word === 'out') yield { file: '../out.svg', caption: 'Elsewhere', content: '' };
  for (let page = 0; word === 'wait'; page++) {
    await new Promise(resolve => setTimeout(resolve, 20));
    yield { file: `${page}.txt`, caption: 'One more', content: '' };
  }
  if (word === 'deaf') await new Promise(resolve => setTimeout(resolve, 60_000));
  if (word === 'report') yield { file: 'report.html', caption: 'The report', content: '<!doctype html>' };
  if (word === 'print') process.stdout.write('printed by a library\n');
  yield { file: 'bytes.bin', caption: 'Three bytes', content: Uint8Array.of(1, 2, 3) };
}

/** Stages that a process of its own can find by name. */
export const TOYS: Readonly<Record<string, AnyStage>> = Object.fromEntries(
  [
    say,
    shrug,
    chatter,
    fail,
    defect,
    listen,
    keep,
    deaf,
    busy,
    linger,
    die,
    leaveBadly,
    eat,
    gorge,
    recite,
    lookRound,
    paint,
  ].map(stage => [stage.name, stage]),
);
