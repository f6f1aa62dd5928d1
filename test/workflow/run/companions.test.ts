import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../../src/workflow/store/store';
import type { RunEvent } from '../../../src/workflow/run/events';
import { planPipeline } from '../../../src/workflow/plan/plan-pipeline';
import { rowsSimilarTo, readPast } from '../../../src/workflow/plan/past';
import { CLOCK, lastOf, runToEnd, temporaryFolder, textOf, toyPipeline, toyProgram } from '../../helpers/rig';
import { toyStage, writeText } from '../../helpers/toy-stages';

/** A book names its chapters, a line each; they lie beside it. */
const read = toyStage(
  'read',
  async context => {
    const file = String(context.options['book']);
    const chapters = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    const texts = await Promise.all(chapters.map(name => readFile(join(dirname(file), name), 'utf8')));
    await meanwhile();
    await writeText(context, texts.join(''));
  },
  {
    rowInputs: ['texts'],
    options: {
      type: 'object',
      additionalProperties: false,
      properties: { book: { type: 'string', format: 'input-path', description: 'A book' } },
    },
    companions: { book: path => readFileSync(path, 'utf8').split('\n').filter(Boolean) },
  },
);

let folder: string;
let artifacts: string;
let meanwhile: () => Promise<unknown>;
beforeEach(async () => {
  folder = await temporaryFolder();
  artifacts = join(folder, 'artifacts');
  meanwhile = () => Promise.resolve();
  await write('book', 'one\n');
  await write('one', 'first');
  await write('two', 'second');
});

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const pipeline = () => toyPipeline({ read: { uses: 'read', with: { book: join(folder, 'book') } } }, { read });
const run = (): Promise<RunEvent[]> => runToEnd(pipeline(), artifacts);
const typesOf = (events: readonly RunEvent[]): string[] =>
  events.flatMap(({ type }) => (type === 'stage-reused' || type === 'stage-finished' ? [type] : []));

async function planned() {
  const store = await openStore(artifacts, CLOCK);
  const { steps } = pipeline();
  const options = {
    pipeline: pipeline(),
    store,
    program: toyProgram('wasm'),
    cores: 1,
    steps,
    forced: new Set<string>(),
  };
  return (await planPipeline(options))[0]!;
}

describe('a file that belongs to a file which an option names', () => {
  test('enters the key under its own name, and the digest of the file stays what it was', async () => {
    await run();
    const { plan } = await planned();
    const leaves = plan!.present.leaves;
    expect(plan!.planned.state).toBe('hit');
    expect(Object.keys(leaves).filter(name => name.startsWith('options.'))).toEqual([
      'options.book',
      'options.book/one',
    ]);
    expect(leaves['options.book/one']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(plan!.artifact!.manifest.externals).toEqual([
      { option: 'book', path: join(folder, 'book'), digest: leaves['options.book'] },
      { option: 'book', path: join(folder, 'one'), digest: leaves['options.book/one'] },
    ]);
  });

  test('makes the stage run again when it changes, is named as the reason, and is reused when it is back', async () => {
    expect(typesOf(await run())).toEqual(['stage-finished']);
    await write('one', 'other');
    const { state, because } = (await planned()).planned;
    expect(state).toBe('miss');
    expect(because).toMatchObject([{ leaf: 'options.book/one', text: expect.stringContaining('→') }]);
    expect(typesOf(await run())).toEqual(['stage-finished']);
    expect(await textOf(artifacts, 'read')).toBe('other');
    await write('one', 'first');
    expect(typesOf(await run())).toEqual(['stage-reused']);
    expect(await textOf(artifacts, 'read')).toBe('first');
  });

  test('counts also when it is new', async () => {
    await run();
    await write('book', 'one\ntwo\n');
    const { because } = (await planned()).planned;
    expect(because.map(({ leaf }) => leaf).sort()).toEqual(['options.book', 'options.book/two']);
  });

  test('keeps rows apart: none are taken from a result that was made with another one', async () => {
    await run();
    await write('one', 'other');
    const store = await openStore(artifacts, CLOCK);
    const leaves = { ...(await planned()).plan!.present.leaves, 'inputs.texts[0]': 'other' };
    const at = { pipeline: 'toy', step: 'read', stage: 'read' };
    expect(rowsSimilarTo(leaves, at, ['texts'], await readPast(store))).toEqual([]);
    await write('one', 'first');
    const same = { ...(await planned()).plan!.present.leaves, 'inputs.texts[0]': 'other' };
    expect(rowsSimilarTo(same, at, ['texts'], await readPast(store))).toHaveLength(1);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['changes', () => write('one', 'something longer')],
    ['is removed', () => rm(join(folder, 'one'))],
  ])('spoils the result when it %s while the stage runs', async (_, change) => {
    meanwhile = change;
    const events = await run();
    expect(lastOf(events)).toMatchObject({ outcome: 'failed' });
    const code = expect.stringMatching(/^input-/) as unknown;
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({ error: { code } });
  });
});
