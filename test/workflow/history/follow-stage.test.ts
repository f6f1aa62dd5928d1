import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { followStage } from '../../../src/workflow/history/follow-stage';

let folder: string;
let stop: AbortController;
let told: string[];
let following: Promise<void>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairdistill-'));
  stop = new AbortController();
  told = [];
});

afterEach(async () => {
  stop.abort();
  await following;
});

const line = (event: object): string => JSON.stringify({ time: 't', ...event }) + '\n';
const progress = (done: number, stage = 'theirs'): string =>
  line({ type: 'stage-progress', stage, done, unit: 'words' });
const log = (text: string): string => line({ type: 'stage-log', stage: 'theirs', level: 'info', text });
const append = (text: string): void => appendFileSync(join(folder, 'events.jsonl'), text);

function follow(): void {
  const emit: Parameters<typeof followStage>[3] = event =>
    void told.push(`${event.stage} ${event.type === 'stage-log' ? event.text : event.done}`);
  following = followStage(folder, 'theirs', 'ours', emit, stop.signal);
}

/** Waits until so much was told. */
async function until(count: number): Promise<void> {
  while (told.length < count) await new Promise(resolve => setTimeout(resolve, 5));
}

describe('followStage()', () => {
  test('tells the last progress of the past, then everything, under our name', async () => {
    append(progress(1) + log('long ago') + progress(2) + progress(9, 'other'));
    follow();
    await until(1);
    append(log('now') + progress(3) + progress(9, 'other'));
    await until(3);
    expect(told).toEqual(['ours 2', 'ours now', 'ours 3']);
  });

  test('waits for a file that is not there yet, and for the rest of a line', async () => {
    rmSync(folder, { recursive: true });
    follow();
    await new Promise(resolve => setTimeout(resolve, 200));
    mkdirSync(folder);
    const ä = progress(5).slice(0, 30);
    writeFileSync(join(folder, 'events.jsonl'), progress(4) + ä);
    await until(1);
    append(progress(5).slice(30) + log('ä€😀'));
    await until(3);
    expect(told).toEqual(['ours 4', 'ours 5', 'ours ä€😀']);
  });

  test('takes nothing over that is not as it should be', async () => {
    append(progress(1));
    follow();
    await until(1);
    append('{"type": "stage-log", "stage": "theirs"}\n"stage-log"\nnull\n{broken "stage-progress"\n');
    append(line({ type: 'stage-progress', stage: 'theirs', done: 'many', unit: 'words' }));
    append(line({ type: 'stage-progress', stage: 'theirs', done: -1, unit: 'words' }));
    append(line({ type: 'stage-log', stage: 'theirs', level: 'loud', text: 'x' }));
    append(`"stage-log"${'x'.repeat(3_000_000)}\n`);
    append(line({ type: 'stage-failed', stage: 'theirs', text: '"stage-log"' }));
    append(progress(2));
    await until(2);
    expect(told).toEqual(['ours 1', 'ours 2']);
  });

  test('tells nothing more once it is aborted', async () => {
    append(progress(1));
    follow();
    await until(1);
    stop.abort();
    append(progress(2));
    await following;
    expect(told).toEqual(['ours 1']);
  });

  test('ends at once when it is aborted already', async () => {
    stop.abort();
    append(progress(1));
    follow();
    await following;
    expect(told).toEqual([]);
  });
});
