import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PlannedStep } from '../../../src/workflow/plan/planned-step';
import type { RunEvent } from '../../../src/workflow/run/events';
import { runToEnd, temporaryFolder, toyPipeline, type ToyStep } from '../../helpers/rig';
import { TOYS, toyStage, writeText } from '../../helpers/toy-stages';

let artifacts: string;
beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

/** Sings in the voice that the text before it names, and keeps silent where that names none. */
const sing = toyStage('sing', async context => writeText(context, `${String(context.options['voice'])} `), {
  chooses: {
    voice: async ({ fallback }, { texts = [] }) => {
      const [first] = texts;
      if (first === undefined) return fallback as string | undefined;
      const text = (await readFile(join(first.folder, 'text.txt'), 'utf8')).trim();
      return text === 'silence' ? undefined : text;
    },
  },
});
const run = (steps: Readonly<Record<string, ToyStep>>) => runToEnd(toyPipeline(steps, { ...TOYS, sing }), artifacts);
const after = (word: string, voice: string) =>
  run({ word: { uses: 'say', with: { word } }, song: { uses: 'sing', from: ['word'], with: { voice } } });
const planned = (events: readonly RunEvent[]): PlannedStep =>
  events.find(event => event.type === 'stage-planned' && event.stage === 'song') as PlannedStep & RunEvent;
const sung = () => readFile(join(artifacts, 'toy', 'song', 'text', 'text.txt'), 'utf8');

describe('an option that a stage chooses', () => {
  test('is given to the body, and found in an artifact that was not there when the run began', async () => {
    await after('alto', 'auto');
    expect(await sung()).toBe('alto ');
  });

  test('gives the key of the same value when it is stated', async () => {
    const [chosen, stated] = [
      await run({ song: { uses: 'sing', with: { voice: 'auto', fallback: 'bass' } } }),
      await run({ song: { uses: 'sing', with: { voice: 'bass', fallback: 'bass' } } }),
    ];
    expect(planned(stated)).toMatchObject({ state: 'hit', key: planned(chosen).key });
  });

  test('is what `explain` names when another one is chosen', async () => {
    await after('alto', 'auto');
    const events = await after('tenor', 'auto');
    expect(planned(events).because.map(({ text }) => text)).toEqual([
      'options.voice alto → tenor',
      'input word changed',
    ]);
    expect(await sung()).toBe('tenor ');
  });

  test('is left as it is when it is stated, and when nothing can be chosen', async () => {
    await after('alto', 'bass');
    expect(await sung()).toBe('bass ');
    await after('silence', 'auto');
    expect(await sung()).toBe('auto ');
  });
});
