import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { readEvaluation, type Evaluation, type GroupEvaluation } from '../../src/data/evaluation';
import { openScores } from '../../src/data/scores';
import { writeTable } from '../../src/data/tables/write-table';
import { evaluateStudent } from '../../stages/evaluate-student';
import { testFaces, writeFaceSet, type TestFace } from '../helpers/face-set';
import { runStage, type StageRun } from '../helpers/run-stage';
import { tinyRecogniser } from '../helpers/tiny-onnx';
import { withDefaults } from '../helpers/with-defaults';
import { drawPictures } from '../helpers/draw-pictures';

const SIZE = 8;
const DIM = 6;
// Group B is noisier, so its genuine pairs are less alike.
const FACES = [...testFaces('A', 20, 2, SIZE, 10), ...testFaces('B', 20, 2, SIZE, 60)];
const BYTES = tinyRecogniser({ size: SIZE, dim: DIM });
const OPTIONS = withDefaults(evaluateStudent, { label: 'tiny', role: 'teacher', batch: 16 });

interface Pair {
  readonly group: string;
  readonly fold: number;
  readonly path_a: string;
  readonly path_b: string;
  readonly genuine: boolean;
}

/** Two genuine pairs, then two impostor pairs, in each of ten folds. */
function pairsOf(group: string): Pair[] {
  const path = (identity: number, image: number) =>
    `test/data/${group}/${group}${identity}/${group}${identity}_000${image}.jpg`;
  return Array.from({ length: 10 }, (_, fold) => {
    const [x, y] = [2 * fold, 2 * fold + 1];
    return [
      { group, fold, path_a: path(x, 1), path_b: path(x, 2), genuine: true },
      { group, fold, path_a: path(y, 1), path_b: path(y, 2), genuine: true },
      { group, fold, path_a: path(x, 1), path_b: path(y, 2), genuine: false },
      { group, fold, path_a: path(y, 1), path_b: path(x, 2), genuine: false },
    ];
  }).flat();
}

const PAIRS = [...pairsOf('A'), ...pairsOf('B')];

async function writePairs(pairs: readonly Pair[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-pairs-'));
  const [text, fold, genuine] = [{ type: 'string' }, { type: 'int' }, { type: 'boolean' }] as const;
  const columns = { group: text, fold, path_a: text, path_b: text, genuine } as const;
  await writeTable(
    join(folder, 'pairs.parquet'),
    columns,
    pairs.map(pair => ({ ...pair })),
  );
  return folder;
}

const evaluationIn = (folder: string): Promise<Evaluation> => readEvaluation(join(folder, 'evaluation'), 'evaluate');

let faces: string;
let pairs: string;
let model: string;
let run: StageRun;
beforeAll(async () => {
  faces = await writeFaceSet(FACES, SIZE);
  pairs = await writePairs(PAIRS);
  model = join(await mkdtemp(join(tmpdir(), 'fairdistill-student-')), 'model.onnx');
  await writeFile(model, BYTES);
  run = await runStage(evaluateStudent, { ...OPTIONS, model }, { faces, pairs });
});

describe('evaluate-student', () => {
  test('scores each pair by the cosine of image + mirror embeddings, as onnxruntime alone does', async () => {
    const session = await InferenceSession.create(model);
    const embeddings = new Map<string, number[]>();
    for (const face of FACES) embeddings.set(face.path, await direct(session, face));
    const table = await openScores(join(run.folder, 'evaluation'));
    let pair = 0;
    for await (const { score, identity_a, identity_b, ...rest } of table) {
      const wanted = PAIRS[pair++]!;
      expect(rest).toEqual(wanted);
      // .../<identity>/<file>
      expect([identity_a, identity_b]).toEqual([wanted.path_a, wanted.path_b].map(path => path.split('/').at(-2)));
      const [a, b] = [embeddings.get(wanted.path_a)!, embeddings.get(wanted.path_b)!];
      const cosine = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      expect(Math.abs(score - cosine)).toBeLessThan(1e-6);
    }
    expect(pair).toBe(PAIRS.length);
    await table.close();
  });

  test('writes the metrics of each group, the spread, and what was evaluated how', async () => {
    const evaluation = await evaluationIn(run.folder);
    const sha256 = createHash('sha256').update(BYTES).digest('hex');
    expect(evaluation).toMatchObject({
      label: 'tiny',
      role: 'teacher',
      model: {
        architecture: 'ONNX file',
        embeddingSize: DIM,
        sha256,
        preprocessing: {
          size: SIZE,
          layout: 'NCHW',
          channels: 'RGB',
          mean: 127.5,
          scale: 127.5,
          statedBy: { channels: 'default', mean: 'default', scale: 'default' },
        },
        sample: { faces: 64, identities: 32, findings: [] },
      },
      protocol: { folds: 10, thresholds: expect.stringContaining('as fine as the scores') },
    });
    const [a, b] = evaluation.groups as [GroupEvaluation, GroupEvaluation];
    expect(a).toMatchObject({ group: 'A', pairs: 40, genuine: 20, impostor: 20, excludedPairs: 0 });
    expect(a.foldSizes).toEqual(new Array(10).fill(4));
    expect(a.accuracy).toBeGreaterThan(b.accuracy!);
    const { overall } = evaluation;
    expect(overall.mean).toBeCloseTo((a.accuracy! + b.accuracy!) / 2, 10);
    expect(overall.stdDdof0).toBeCloseTo(Math.abs(a.accuracy! - b.accuracy!) / 2, 10);
    expect(overall.globalThreshold.perGroup.map(({ group }) => group)).toEqual(['A', 'B']);
    const accuracy = { A: a.accuracy, B: b.accuracy };
    const of = (metric: string, at?: number): object =>
      Object.fromEntries(
        evaluation.measurements
          .filter(one => one.metric === metric && one.at === at)
          .map(one => [one.group, one.value]),
      );
    expect(run.metrics).toMatchObject({
      ...{ accuracy, mean: overall.mean, stdDdof0: overall.stdDdof0, ser: overall.ser },
      ...{ auc: of('auc'), eer: of('eer') },
      'tar-at-fmr': { 0.1: of('tar-at-fmr', 0.1), 0.01: { A: null, B: null }, 0.001: { A: null, B: null } },
    });
    expect(of('accuracy')).toEqual(accuracy);
  });

  test('measures what it is asked for, and says what that is', async () => {
    const options = withDefaults(evaluateStudent, {
      ...{ label: 'tiny', batch: 16, model },
      ...{ metrics: [{ metric: 'tar-at-fmr', fmrs: [0.2] }, { metric: 'eer' }], spreads: ['gap'] },
    });
    const { folder, metrics } = await runStage(evaluateStudent, options, { faces, pairs });
    const { measurements, metrics: columns, groups, acrossGroups } = await evaluationIn(folder);
    const ofEer = acrossGroups.find(({ metric }) => metric === 'eer');
    const [a, b] = measurements.flatMap(({ metric, value }) => (metric === 'eer' ? [value!] : []));
    expect(ofEer).toEqual({ spread: 'gap', metric: 'eer', groups: 2, value: Math.abs(a! - b!) });
    expect(metrics['spreads']).toMatchObject({ eer: { gap: ofEer!.value } });
    expect(columns.map(({ metric, label, unit }) => [metric, label, unit])).toEqual([
      ['tar-at-fmr', 'TAR at FMR', 'rate'],
      ['eer', 'EER', 'rate'],
    ]);
    expect(measurements.map(({ metric, group, at }) => [metric, group, at])).toEqual([
      ['tar-at-fmr', 'A', 0.2],
      ['eer', 'A', undefined],
      ['tar-at-fmr', 'B', 0.2],
      ['eer', 'B', undefined],
    ]);
    expect(Object.keys(metrics)).toEqual(['tar-at-fmr', 'eer', 'spreads', 'accuracy', 'mean', 'stdDdof0', 'ser']);
    expect(groups[0]!.accuracy).not.toBeNull();
  });

  test('refuses a metric that is named twice, before the work', async () => {
    const metrics = [{ metric: 'eer' }, { metric: 'eer' }] as const;
    const running = runStage(evaluateStudent, { ...OPTIONS, metrics }, { faces: 'none', pairs: 'none' });
    await expect(running).rejects.toMatchObject({ code: 'metric-twice' });
  });

  test('says how pixels became the input, and who has said so', () => {
    const text =
      'Model ONNX file: 6 values a face, NCHW, RGB, (pixel - 127.5) / 127.5 (channels, mean, scale: default)';
    expect(run.events).toContainEqual({ type: 'log', level: 'info', text });
  });

  test('warns of a model that makes all alike, and refuses it when asked to', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'fairdistill-student-')), 'constant.onnx');
    const prelude = [{ op: 'Mul', in: ['data', 'zero'], out: 'nothing' }];
    const more = [{ op: 'Add', in: ['nothing', 'one'], out: 'same' }];
    const constant = (value: number) => ({ shape: [1], values: Float32Array.of(value) });
    const constants = { zero: constant(0), one: constant(1) };
    await writeFile(file, tinyRecogniser({ size: SIZE, dim: DIM, prelude: [...prelude, ...more], constants }));
    // The graph cannot say which pixels it wants.
    const options = { ...OPTIONS, model: file, mean: 127.5, scale: 127.5 };
    const { folder, events, metrics } = await runStage(evaluateStudent, options, { faces, pairs });
    expect(metrics['suspicious']).toEqual(['odd-preprocessing', 'constant-embeddings']);
    const warnings = events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
    expect(warnings.join()).toContain('the same embedding for all 64 faces');
    expect((await evaluationIn(folder)).model).toMatchObject({
      sample: { findings: ['odd-preprocessing', 'constant-embeddings'] },
    });
    const refused = runStage(evaluateStudent, { ...options, suspicious: 'refuse' }, { faces, pairs });
    await expect(refused).rejects.toMatchObject({ code: 'constant-embeddings' });
  });

  test('leaves histograms, a ROC for each group and the hardest pairs to look at', async () => {
    const pictures = await drawPictures(evaluateStudent, run.folder);
    expect([...pictures.keys()]).toEqual(['scores.svg', 'roc.svg', 'mistakes.jpg']);
    const roc = pictures.get('roc.svg')!;
    for (const word of ['<svg', 'ROC: tiny', 'false match rate']) expect(roc).toContain(word);
    expect((await sharp(pictures.get('mistakes.jpg')).metadata()).format).toBe('jpeg');
  });

  test('embeds only the faces that occur in pairs, each once', async () => {
    const few = await writePairs(PAIRS.filter(({ group }) => group === 'A'));
    const { events } = await runStage(evaluateStudent, { ...OPTIONS, model }, { faces, pairs: few });
    const progress = events.filter(event => event.type === 'progress');
    expect(progress.at(-1)).toEqual({ type: 'progress', done: 40, total: 40, unit: 'faces' });
    const warnings = events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
    expect(warnings).toEqual(['Group B has no accuracy: no pairs: the pair list names no such group']);
  });

  test('counts, lists and leaves out pairs whose face alignment skipped', async () => {
    const skipped = PAIRS[0]!.path_b; // in one genuine and one impostor pair of fold 0
    const fewer = await writeFaceSet(
      FACES.filter(({ path }) => path !== skipped),
      SIZE,
    );
    const { folder, events } = await runStage(evaluateStudent, { ...OPTIONS, model }, { faces: fewer, pairs });
    const [a, b] = (await evaluationIn(folder)).groups as [GroupEvaluation, GroupEvaluation];
    expect(a).toMatchObject({ pairs: 38, genuine: 19, impostor: 19, excludedPairs: 2 });
    expect(a.foldSizes).toEqual([2, ...new Array<number>(9).fill(4)]);
    expect(b).toMatchObject({ pairs: 40, excludedPairs: 0 });
    const lines = (await readFile(join(folder, 'excluded-pairs.txt'), 'utf8')).trimEnd().split('\n');
    expect(lines[1]).toBe(['A', '0', 'genuine', PAIRS[0]!.path_a, skipped, skipped].join('\t'));
    expect(lines).toHaveLength(3);
    expect(events).toContainEqual(expect.objectContaining({ type: 'log', level: 'warn' }));
    expect(await readdir(run.folder)).not.toContain('excluded-pairs.txt');
  });

  test('refuses a group that has lost all pairs unless that is allowed; then it has a reason in place of numbers', async () => {
    const onlyA = await writeFaceSet(
      FACES.filter(({ group }) => group === 'A'),
      SIZE,
    );
    await expect(runStage(evaluateStudent, { ...OPTIONS, model }, { faces: onlyA, pairs })).rejects.toMatchObject({
      code: 'too-many-excluded',
      message: expect.stringContaining('Group B: 40 of 40 pairs (100 %)'),
    });
    const allowed = await runStage(evaluateStudent, { ...OPTIONS, model, allowExcluded: 1 }, { faces: onlyA, pairs });
    const { groups, overall } = await evaluationIn(allowed.folder);
    expect(groups[1]).toMatchObject({ group: 'B', accuracy: null, listedPairs: 40, excludedPairs: 40, pairs: 0 });
    expect(overall.missing).toEqual([{ group: 'B', reason: groups[1]!.reason }]);
    const nobody = await writeFaceSet(testFaces('Z', 2, 2, SIZE, 10), SIZE);
    await expect(
      runStage(evaluateStudent, { ...OPTIONS, model, allowExcluded: 1 }, { faces: nobody, pairs }),
    ).rejects.toMatchObject({ code: 'no-pairs-left', message: expect.stringContaining('none of the 80 pairs') });
  });

  test('leaves out a fold without pairs of both kinds, and says so', async () => {
    const withoutFold = await writePairs(PAIRS.filter(({ fold }) => fold !== 3));
    const { folder } = await runStage(evaluateStudent, { ...OPTIONS, model }, { faces, pairs: withoutFold });
    const [a] = (await evaluationIn(folder)).groups;
    expect(a!.remarks).toEqual(['fold 3 has no pairs and is not counted: the mean is over 9 of 10 folds']);
    expect(a!.foldAccuracies[3]).toBeNull();
    expect(a!.accuracy).not.toBeNull();
  });

  test('has every group that the faces or the data set of the pairs name', async () => {
    const onlyA = await writePairs(PAIRS.filter(({ group }) => group === 'A'));
    await writeFile(join(onlyA, 'groups.json'), JSON.stringify([{ group: 'C', pairs: 0, reason: 'no photographs' }]));
    const { folder } = await runStage(evaluateStudent, { ...OPTIONS, model }, { faces, pairs: onlyA });
    const { groups, overall } = await evaluationIn(folder);
    expect(groups.map(({ group, listedPairs }) => [group, listedPairs])).toEqual([
      ['A', 40],
      ['B', 0],
      ['C', 0],
    ]);
    expect(overall.missing).toEqual([
      { group: 'B', reason: 'no pairs: the pair list names no such group' },
      { group: 'C', reason: 'no photographs' },
    ]);
  });

  test('refuses an empty pair list and a missing model', async () => {
    const empty = await writePairs([]);
    await expect(runStage(evaluateStudent, { ...OPTIONS, model }, { faces, pairs: empty })).rejects.toMatchObject({
      code: 'no-pairs',
    });
    await expect(runStage(evaluateStudent, OPTIONS, { faces, pairs })).rejects.toMatchObject({ code: 'no-model' });
  });

  test('refuses a model that was not trained as its role says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-plain-'));
    await writeFile(join(folder, 'model.onnx'), BYTES);
    await writeFile(join(folder, 'model.json'), JSON.stringify({ trainedOn: { images: 9 } }));
    const running = runStage(evaluateStudent, { ...OPTIONS, role: 'distilled' }, { faces, pairs, model: folder });
    await expect(running).rejects.toMatchObject({ code: 'wrong-role' });
  });

  test('takes over what the model says of its training, and its doubts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-student-'));
    await writeFile(join(folder, 'model.onnx'), BYTES);
    const recipe = { epochs: 3, terms: [] };
    const trainedOn = { faces: ['sha256:1'], images: 9, teacher: 'abc' };
    await writeFile(join(folder, 'model.json'), JSON.stringify({ recipe, trainedOn, doubts: ['odd'] }));
    const { folder: into } = await runStage(
      evaluateStudent,
      { ...OPTIONS, role: 'distilled' },
      { faces, pairs, model: folder },
    );
    const { model: described } = await evaluationIn(into);
    expect(described).toMatchObject({ doubts: ['odd'], training: { teacher: 'abc', recipe, trainedOn } });
  });

  test('gives the same bytes again', async () => {
    const again = await runStage(evaluateStudent, { ...OPTIONS, model }, { faces, pairs }, { cores: 2 });
    for (const file of ['evaluation/scores.parquet', 'evaluation/evaluation.json', 'mistakes.tiles']) {
      expect(await readFile(join(again.folder, file))).toEqual(await readFile(join(run.folder, file)));
    }
  });
});

/** Sum of the raw embeddings of a face and of its mirror image, L2-normalised. */
async function direct(session: InferenceSession, { pixels }: TestFace): Promise<number[]> {
  const sum = new Array<number>(DIM).fill(0);
  for (const mirrored of [false, true]) {
    const data = new Float32Array(pixels.length);
    pixels.forEach((pixel, i) => {
      const [row, x, channel] = [Math.floor(i / 3 / SIZE), Math.floor(i / 3) % SIZE, i % 3];
      data[channel * SIZE * SIZE + row * SIZE + (mirrored ? SIZE - 1 - x : x)] = (pixel - 127.5) / 127.5;
    });
    const { fc1 } = await session.run({ data: new Tensor('float32', data, [1, 3, SIZE, SIZE]) });
    (fc1!.data as Float32Array).forEach((value, i) => (sum[i]! += value));
  }
  return sum.map(value => value / Math.hypot(...sum));
}
