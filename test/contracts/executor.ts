import { sha256Text } from '../../src/kit/files/sha256';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DrawEvent, Executor, StageRequest, WorkEvent } from '../../src/workflow/executors/executor';
import { toyDrawing, toyRequest } from '../helpers/toy-request';

/** What every executor must do, whatever it runs stages on. */
export function describeExecutor(name: string, make: () => Executor): void {
  describe(`${name} executor`, () => {
    test('runs a stage in its folder and passes its events on in order', async () => {
      const work = await start('recite', { word: 'ode' });
      expect(await work.ended).toBe('completed');
      expect(work.events.filter(event => event.type !== 'resources')).toEqual([
        { type: 'log', level: 'info', text: 'begins' },
        { type: 'progress', done: 1, total: 2, unit: 'verses' },
        { type: 'metrics', values: { cores: 3, engine: 'wasm' } },
        { type: 'look', file: 'verse.svg', caption: 'A verse' },
        { type: 'headline', text: 'Recited' },
        { type: 'log', level: 'warn', text: 'ends' },
      ]);
      expect(await readFile(join(work.folder, 'text', 'text.txt'), 'utf8')).toBe('ode ');
    });

    test('hands the inputs to the stage', async () => {
      const first = await start('say', { word: 'first' });
      await first.ended;
      const input = { stage: 'first', folder: join(first.folder, 'text'), digest: 'sha256:0' };
      const second = await start('say', { word: 'second' }, { inputs: { texts: [input] } });
      await second.ended;
      expect(await readFile(join(second.folder, 'text', 'text.txt'), 'utf8')).toBe('first second ');
    });

    test('hands earlier artifacts and the folder of checkpoints to the stage', async () => {
      const work = await start('look-round', {}, { earlier: ['/one', '/two'], checkpoints: '/kept' });
      await work.ended;
      const metrics = work.events.find(event => event.type === 'metrics');
      expect(metrics).toMatchObject({ values: { earlier: ['/one/text', '/two/text'], checkpoints: '/kept' } });
    });

    test('keeps code, exit code and message of an error that the user can mend', async () => {
      expect(await (await start('fail')).ended).toMatchObject({
        name: 'UserError',
        code: 'corrupt',
        exit: 1,
        message: 'Cannot read photo.jpg: it is cut off; replace it',
      });
    });

    test('keeps message and stack of a defect', async () => {
      const error = await (await start('defect')).ended;
      expect(error).toMatchObject({ message: 'x is not a function', stack: expect.stringContaining('toy-stages') });
      expect(error).not.toHaveProperty('exit');
    });

    test('stops a stage that listens when the signal is aborted, and says so once it has ended', async () => {
      const stopping = new AbortController();
      const work = await start('listen', {}, {}, stopping.signal, () => stopping.abort());
      expect(await work.ended).toMatchObject({ code: 'interrupted', exit: 130 });
    });

    test('does not begin when the signal is aborted already', async () => {
      const work = await start('listen', {}, {}, AbortSignal.abort());
      expect(await work.ended).toMatchObject({ code: 'interrupted' });
    });

    test('draws the pictures of an artifact into a folder, and reports each when it is there', async () => {
      const work = await draw('ode');
      expect(await work.ended).toBe('completed');
      const svg = '<svg xmlns="http://www.w3.org/2000/svg">ode</svg>';
      expect(work.events.filter(event => event.type === 'picture')).toEqual([
        { type: 'picture', file: 'word.svg', caption: 'The word ode', bytes: svg.length, sha256: sha256Text(svg) },
        {
          type: 'picture',
          file: 'bytes.bin',
          caption: 'Three bytes',
          bytes: 3,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ]);
      expect(await readFile(join(work.folder, 'word.svg'), 'utf8')).toBe(svg);
      expect([...(await readFile(join(work.folder, 'bytes.bin')))]).toEqual([1, 2, 3]);
    });

    test('keeps code and message of what goes wrong with a picture', async () => {
      expect(await (await draw('fail')).ended).toMatchObject({ name: 'UserError', code: 'bad-folds' });
      expect(await (await draw('defect')).ended).toMatchObject({ message: 'x is not a function' });
      expect(await (await draw('out')).ended).toMatchObject({
        code: 'bad-picture',
        message: expect.stringMatching(/^Stage "paint" drew a picture "..\/out.svg" .*without folders/),
      });
      expect(await (await draw('x', 'say')).ended).toMatchObject({ message: 'Stage say has no pictures' });
    });

    test('stops drawing when the signal is aborted, and does not begin when it is already', async () => {
      const stopping = new AbortController();
      const work = await draw('wait', 'paint', stopping.signal, () => stopping.abort());
      expect(await work.ended).toMatchObject({ code: 'interrupted', exit: 130 });
      expect(await (await draw('ode', 'paint', AbortSignal.abort())).ended).toMatchObject({ code: 'interrupted' });
    });

    async function draw(
      word: string,
      stage = 'paint',
      signal = new AbortController().signal,
      onPicture = (): void => undefined,
    ) {
      const request = await toyDrawing(stage, word);
      const events: DrawEvent[] = [];
      const ended = new Promise<unknown>(resolve => {
        make()
          .draw(request, signal)
          .subscribe({
            next: event => {
              events.push(event);
              if (event.type === 'picture') onPicture();
            },
            error: resolve,
            complete: () => resolve('completed'),
          });
      });
      return { folder: request.folder, events, ended };
    }

    async function start(
      stage: string,
      options: StageRequest['options'] = {},
      extra: Partial<StageRequest> = {},
      signal = new AbortController().signal,
      onProgress = (): void => undefined,
    ) {
      const request = await toyRequest(stage, { options, inputs: {}, cores: 3, engine: 'wasm', ...extra });
      const events: WorkEvent[] = [];
      const ended = new Promise<unknown>(resolve => {
        make()
          .run(request, signal)
          .subscribe({
            next: event => {
              events.push(event);
              if (event.type === 'progress') onProgress();
            },
            error: resolve,
            complete: () => resolve('completed'),
          });
      });
      return { folder: request.folder, events, ended };
    }
  });
}
