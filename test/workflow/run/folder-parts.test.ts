import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { runToEnd, temporaryFolder, toyPipeline } from '../../helpers/rig';
import { toyStage, writeText } from '../../helpers/toy-stages';
import { inputPath, list, object, text } from '../../../src/kit/options';
import type { CheckedPipeline } from '../../../src/workflow/configuration/checked-pipeline';

const PATH = { type: 'string', format: 'input-path', description: 'A folder' } as const;
/** Reads the texts of a folder, in the language that is asked for. */
const read = toyStage('read', context => writeText(context, 'text'), {
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { folder: PATH, other: PATH, language: { type: 'string', description: 'A language' } },
  },
  reads: {
    folder: (_, { language }) =>
      Promise.resolve({
        name: `language ${String(language)}`,
        takes: path => (path.endsWith(`.${String(language)}`) ? 'all' : 'none'),
      }),
  },
});

let folder: string;
let declared: string;
let artifacts: string;
beforeEach(async () => {
  const top = await temporaryFolder();
  [folder, declared, artifacts] = [join(top, 'input'), join(top, 'declared'), join(top, 'artifacts')];
  await mkdir(folder);
  await mkdir(declared);
  await write('a.en', 'one');
  await write('a.de', 'eins');
});

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const pipeline = (language: string, more: Readonly<Record<string, string>> = {}): CheckedPipeline => ({
  ...toyPipeline({ read: { uses: 'read', with: { folder, language, ...more } } }, { read }),
  inputFolders: [declared],
});
const outcome = async (checked: CheckedPipeline): Promise<string | undefined> => {
  const events = await runToEnd(checked, artifacts);
  return events.find(({ type }) => /^stage-(reused|finished|failed)$/.test(type))?.type;
};

describe('a stage that says what it reads of a folder inside an option', () => {
  const data = object('Data', { folder: inputPath('A folder'), language: text('A language') });
  const nested = { ...read, options: object('Options', { sources: list('Sources', data) }) };
  const reading = { ...nested, reads: { 'sources[].folder': read.reads!['folder']! } };
  const two = (): CheckedPipeline => ({
    ...toyPipeline(
      {
        read: {
          uses: 'read',
          with: {
            sources: [
              { folder, language: 'en' },
              { folder: declared, language: 'de' },
            ],
          },
        },
      },
      { read: reading },
    ),
    inputFolders: [declared],
  });

  test('is asked with what stands beside it', async () => {
    expect(await outcome(two())).toBe('stage-finished');
    await write('a.de', 'zwei');
    await writeFile(join(declared, 'a.en'), 'one');
    expect(await outcome(two())).toBe('stage-reused');
    await writeFile(join(declared, 'a.de'), 'eins');
    expect(await outcome(two())).toBe('stage-finished');
    await write('a.en', 'two');
    expect(await outcome(two())).toBe('stage-finished');
  });
});

describe('a stage that says what it reads of a folder', () => {
  test('runs again for that alone, by its options', async () => {
    for (const language of ['en', 'de']) expect(await outcome(pipeline(language))).toBe('stage-finished');
    await write('a.de', 'zwei');
    expect(await outcome(pipeline('en'))).toBe('stage-reused');
    expect(await outcome(pipeline('de'))).toBe('stage-finished');
    await write('b.en', 'two');
    expect(await outcome(pipeline('en'))).toBe('stage-finished');
  });

  test('runs again for all of a folder that another option names, too', async () => {
    expect(await outcome(pipeline('en', { other: folder }))).toBe('stage-finished');
    await write('a.de', 'zwei');
    expect(await outcome(pipeline('en', { other: folder }))).toBe('stage-finished');
  });

  test('reads what links into a declared folder lead to, and refuses others', async () => {
    await writeFile(join(declared, 'c'), 'three');
    await symlink(join(declared, 'c'), join(folder, 'c.en'));
    expect(await outcome(pipeline('en'))).toBe('stage-finished');
    await writeFile(join(declared, 'c'), 'four');
    expect(await outcome(pipeline('en'))).toBe('stage-finished');
    await expect(outcome({ ...pipeline('en'), inputFolders: [] })).resolves.toBe('stage-failed');
  });
});
