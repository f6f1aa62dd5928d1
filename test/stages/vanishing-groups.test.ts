import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupEvaluation, OverallEvaluation } from '../../src/data/evaluation';
import { alignFaces } from '../../stages/align-faces';
import { evaluateStudent } from '../../stages/evaluate-student';
import { readFaces } from '../../stages/read-faces';
import { reportBias } from '../../stages/report-bias';
import { ALIGNING, READING, temporaryFolder, type PhotoFolder } from '../helpers/photo-folder';
import { runStage, type StageRun } from '../helpers/run-stage';
import { writeTestSplit } from '../helpers/test-split';
import { withDefaults } from '../helpers/with-defaults';
import { tinyRecogniser } from '../helpers/tiny-onnx';

interface Outcome {
  readonly groups: readonly GroupEvaluation[];
  readonly overall: OverallEvaluation;
  readonly headline: string;
  readonly warnings: readonly string[];
  readonly files: readonly string[];
}

interface Limits {
  readonly allowMissing?: number;
  readonly allowSkipped?: number;
  readonly allowExcluded?: number;
}

let model: string;
beforeAll(async () => {
  model = join(await temporaryFolder('model'), 'model.onnx');
  await writeFile(model, tinyRecogniser({ size: 112, dim: 6 }));
});

/** Without the one that is true of all of them: the model was never trained, and finds everybody alike. */
const warningsOf = (run: StageRun): string[] =>
  allWarningsOf(run).filter(text => !/makes different people alike/.test(text));
const allWarningsOf = ({ events }: StageRun): string[] =>
  events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));

/** From the photographs to the report. */
async function report({ root }: PhotoFolder, limits: Limits = {}): Promise<Outcome> {
  const { allowMissing, allowSkipped = 0, allowExcluded } = limits;
  const reading = { ...READING, split: 'test', folder: root, ...(allowMissing !== undefined && { allowMissing }) };
  const read = await runStage(readFaces, reading, {}, { cores: 2 });
  const photos = join(read.folder, 'photos');
  const align = await runStage(alignFaces, { ...ALIGNING, allowSkipped }, { photos }, { cores: 2 });
  const evaluate = await runStage(
    evaluateStudent,
    withDefaults(evaluateStudent, {
      ...{ label: 'tiny', batch: 16, model },
      ...(allowExcluded !== undefined && { allowExcluded }),
    }),
    { faces: join(align.folder, 'faces'), pairs: join(read.folder, 'pairs') },
  );
  const evaluation = join(evaluate.folder, 'evaluation');
  const found = JSON.parse(await readFile(join(evaluation, 'evaluation.json'), 'utf8')) as Omit<Outcome, 'headline'>;
  const bias = await runStage(reportBias, { title: 'Groups', notes: '' }, { evaluations: evaluation });
  const headline = bias.events.flatMap(event => (event.type === 'headline' ? [event.text] : [])).join('\n');
  const files = await readdir(evaluate.folder);
  return { ...found, headline, files, warnings: [read, align, evaluate].flatMap(warningsOf) };
}

const failure = async (folder: PhotoFolder, limits: Limits = {}) => {
  try {
    await report(folder, limits);
  } catch (error) {
    return { message: (error as Error).message, code: (error as { code?: string }).code };
  }
  return { message: 'no error', code: undefined };
};

const spoil = (folder: PhotoFolder, ...images: readonly string[]): Promise<unknown> =>
  Promise.all(images.map(image => writeFile(join(folder.root, 'test/data', image), 'not a picture')));

/** What takes group B's result away, and the reason that must be told. */
const VANISHING: readonly [string, (folder: PhotoFolder) => Promise<unknown>, string, number][] = [
  ['without its pairs file', ({ txt }) => rm(txt('B', 'pairs')), 'no pairs: B_pairs.txt was not found', 0],
  [
    'with an empty folder',
    async ({ root }) => {
      await rm(join(root, 'test/data/B'), { recursive: true });
      await mkdir(join(root, 'test/data/B'));
    },
    'no photographs: test/data/B is empty',
    20,
  ],
  [
    'with text files only',
    ({ root }) => rm(join(root, 'test/data/B'), { recursive: true }),
    'no photographs: test/data/B is not there, but test/txts/B/B_lmk.txt is',
    20,
  ],
  [
    'with a landmark file only',
    async ({ root, txt }) => {
      await rm(join(root, 'test/data/B'), { recursive: true });
      await rm(txt('B', 'pairs'));
    },
    'no photographs: test/data/B is not there, but test/txts/B/B_lmk.txt is',
    0,
  ],
  [
    'with pictures of another format only',
    async ({ root }) => {
      const images = (await readdir(join(root, 'test/data/B'), { recursive: true })).filter(name => /jpg$/.test(name));
      for (const image of images) {
        const file = join(root, 'test/data/B', image);
        await rename(file, `${file}.mp4`);
      }
    },
    `no photographs: test/data/B holds no photograph, only 20 .mp4, in 10 folders of identities`,
    20,
  ],
];

describe('a group', () => {
  test('that has everything is in the result without a word', async () => {
    const { groups, overall, warnings, headline } = await report(await writeTestSplit(['A', 'B']));
    expect(groups.map(({ group, listedPairs, excludedPairs }) => [group, listedPairs, excludedPairs])).toEqual([
      ['A', 20, 0],
      ['B', 20, 0],
    ]);
    expect(overall.missing).toEqual([]);
    expect(warnings).toEqual([]);
    expect(headline).not.toMatch(/left out|gave no face|Without accuracy/);
  });

  test.each(VANISHING)('%s is in the result with its reason', async (_, vanish, reason, listedPairs) => {
    const folder = await writeTestSplit(['A', 'B', 'C']);
    await vanish(folder);
    const { groups, overall, warnings, headline } = await report(folder);
    expect(groups.map(({ group }) => group)).toEqual(['A', 'B', 'C']);
    expect(groups[1]).toMatchObject({ group: 'B', accuracy: null, reason, pairs: 0, listedPairs });
    expect(groups[1]?.excludedPairs).toBe(listedPairs);
    for (const one of [groups[0]!, groups[2]!]) expect(one.accuracy).toBeGreaterThan(0);
    expect(overall.missing).toEqual([{ group: 'B', reason }]);
    expect(overall.mean).toBeCloseTo((groups[0]!.accuracy! + groups[2]!.accuracy!) / 2, 10);
    expect(warnings).toContain(`Group B has no accuracy: ${reason}`);
    expect(headline.replace(/\s+/g, ' ')).toContain(reason);
    // The reason says it all.
    for (const text of [...warnings, headline]) expect(text).not.toContain('Pairs left out');
  });

  test('whose pairs file is in another case has its numbers, and the file is reported', async () => {
    const folder = await writeTestSplit(['A', 'B']);
    await rename(folder.txt('B', 'pairs'), folder.txt('B', 'pairs').replace('B_pairs', 'b_pairs'));
    const { groups, warnings } = await report(folder);
    expect(groups[1]).toMatchObject({ group: 'B', pairs: 20 });
    expect(warnings).toEqual([expect.stringContaining('b_pairs.txt is taken for its file although it says "b"')]);
  });

  test('that lacks one photograph continues without it, and it is counted', async () => {
    const folder = await writeTestSplit(['A', 'B']);
    await rm(join(folder.root, 'test/data/B/m.b3/m.b3_0001.jpg'));
    const { groups, headline, warnings, files } = await report(folder);
    expect(groups[1]).toMatchObject({ listedPairs: 20, excludedPairs: 2, pairs: 18 });
    expect(groups[1]?.photographs).toEqual({ listed: 20, lost: { 'not-on-disk': 1 } });
    expect(groups[1]?.remarks).toContain('1 of 20 photographs gave no face (1 not-on-disk)');
    const told = headline.replace(/\s+/g, ' ');
    expect(told).toContain('Group B: 1 of 20 photographs gave no face (1 not-on-disk)');
    expect(told).toContain('Pairs left out because a photograph gave no face: B 2 of 20 (10.0 %)');
    expect(warnings.join('\n')).toContain('B 2 of 20 pairs (10 %)');
    expect(files).toContain('excluded-pairs.txt');
  });

  test('without a face continues only where all may be skipped, and has its reason', async () => {
    const folder = await writeTestSplit(['A', 'B']);
    await rm(folder.txt('B', 'lmk'));
    expect(await failure(folder)).toMatchObject({ code: 'too-many-skipped' });
    const { groups, overall, headline } = await report(folder, { allowSkipped: 1 });
    const reason = 'no faces: 20 of 20 photographs gave no face (20 missing-landmarks)';
    expect(groups[1]).toMatchObject({ group: 'B', accuracy: null, reason, excludedPairs: 20 });
    expect(overall.missing).toEqual([{ group: 'B', reason }]);
    expect(headline.replace(/\s+/g, ' ')).toContain(`Without accuracy: B (${reason})`);
  });

  test('that loses too many pairs stops the evaluation by name, unless that is allowed', async () => {
    const folder = await writeTestSplit(['A', 'B']);
    await spoil(folder, 'B/m.b3/m.b3_0001.jpg', 'B/m.b5/m.b5_0001.jpg');
    expect(await failure(folder, { allowSkipped: 0.1 })).toMatchObject({
      code: 'too-many-excluded',
      message: expect.stringContaining(
        'want at most 10 % of each group:\n  Group B: 4 of 20 pairs (20 %), because 2 of 20 photographs gave no face (2 not-an-image)\n',
      ) as unknown,
    });
    expect((await failure(folder, { allowSkipped: 0.1 })).message).toContain('continue with allowExcluded: 0.2;');
    const { groups, headline } = await report(folder, { allowSkipped: 0.1, allowExcluded: 0.2 });
    expect(groups[1]).toMatchObject({ pairs: 16, excludedPairs: 4 });
    expect(groups[1]?.foldAccuracies.flatMap((value, fold) => (value === null ? [fold] : []))).toEqual([3, 5]);
    const told = headline.replace(/\s+/g, ' ');
    expect(told).toContain('Group B: 2 of 20 photographs gave no face (2 not-an-image)');
    expect(told).toContain('B 4 of 20 (20.0 %)');
  });
});
