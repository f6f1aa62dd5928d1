import { spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startThread, type Load, type Reply, type Thread } from '../../../src/kit/streams/thread';
import { openFilesUnder } from '../../helpers/open-files';

let closing: (() => Promise<void>) | undefined;
afterEach(async () => closing?.());

function start<Data, Question, Answer>(
  body: (data: Data, load: Load) => (question: Question) => Promise<Reply<Answer>>,
  data: Data,
): Thread<Question, Answer> {
  const thread = startThread(body, data);
  closing = () => thread.close();
  return thread;
}

const adder = (start: number) => (more: number) => Promise.resolve({ answer: start + more });

const doubler = () => (values: Float32Array<ArrayBuffer>) => {
  for (let i = 0; i < values.length; i++) values[i]! *= 2;
  return Promise.resolve({ answer: values, transfer: [values.buffer] });
};

const refuser = () => (question: string) =>
  question === 'good' ? Promise.resolve({ answer: 1 }) : Promise.reject(new RangeError(`No ${question}`));

const stillborn = (): ((question: number) => Promise<Reply<number>>) => {
  throw new Error('Born dead');
};

const sleeper = () => () => new Promise<Reply<number>>(() => undefined);

const opener = (path: string, load: Load) => {
  const { openSync } = load('node:fs') as typeof import('node:fs');
  return () => Promise.resolve({ answer: openSync(path, 'r') });
};

describe('startThread()', () => {
  test('answers several questions that were asked at once, each with its own answer', async () => {
    const thread = start(adder, 10);
    expect(await Promise.all([1, 2, 3].map(more => thread.ask(more)))).toEqual([11, 12, 13]);
  });

  test('hands memory over both ways instead of copying it', async () => {
    const values = Float32Array.of(1, 2);
    const doubled = await start(doubler, undefined).ask(values, [values.buffer]);
    expect([...doubled]).toEqual([2, 4]);
    expect(values).toHaveLength(0);
  });

  test('rejects what it could not answer with the message, and goes on', async () => {
    const thread = start(refuser, undefined);
    await expect(thread.ask('bad')).rejects.toThrow('No bad');
    expect(await thread.ask('good')).toBe(1);
  });

  test('rejects every question when it could not start', async () => {
    const thread = start(stillborn, undefined);
    await expect(Promise.all([thread.ask(1), thread.ask(2)])).rejects.toThrow('Born dead');
    await expect(thread.ask(3)).rejects.toThrow('Born dead');
  });

  test('rejects what is unanswered when it is closed, and what is asked after', async () => {
    const thread = start(sleeper, undefined);
    const unanswered = thread.ask(undefined);
    const failure = expect(unanswered).rejects.toThrow('The thread has ended');
    await thread.close();
    await failure;
    await expect(thread.ask(undefined)).rejects.toThrow('The thread has ended');
  });

  test('rejects at what cannot be sent, and keeps nobody waiting for it', async () => {
    const thread = start(adder, 10);
    await expect(thread.ask((() => 1) as unknown as number)).rejects.toThrow('could not be cloned');
    expect(await thread.ask(1)).toBe(11);
  });

  test('keeps the process alive until close() is over, also when the last answer comes meanwhile', () => {
    expect(runChild('closing-child.ts')).toEqual({ stdout: 'closed\n', stderr: '', status: 0 });
  });

  test('lets a process end that forgot to close it, and one whose question could not be sent', () => {
    expect(runChild('forgetful-child.ts')).toEqual({ stdout: 'answered\nrefused\n', stderr: '', status: 0 });
  });

  test('closes its files when it ends', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-thread-'));
    await writeFile(join(folder, 'file'), '');
    const thread = start(opener, join(folder, 'file'));
    await thread.ask(undefined);
    // Only Linux tells which files are open.
    if (process.platform === 'linux') expect(await openFilesUnder(folder)).toHaveLength(1);
    await thread.close();
    expect(await openFilesUnder(folder)).toEqual([]);
  });
});

const HELPERS = join(__dirname, '..', '..', 'helpers');

function runChild(program: string): { stdout: string; stderr: string; status: number | null } {
  const args = ['-r', join(HELPERS, 'register-typescript.js'), join(HELPERS, program)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
  return { stdout, stderr, status };
}
