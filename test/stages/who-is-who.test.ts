import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readTrainedOn } from '../../src/leakage/trained-on';
import type { Json, StageInput } from '../../src/stage';
import { alignFaces } from '../../stages/align-faces';
import { distillStudent } from '../../stages/distill-student';
import { embedFaces } from '../../stages/embed-faces';
import { evaluateStudent } from '../../stages/evaluate-student';
import { mixDatasets } from '../../stages/mix-datasets';
import { readFaces } from '../../stages/read-faces';
import { trainTeacher } from '../../stages/train-teacher';
import { ALIGNING, READING, LANDMARKS, photo, put, temporaryFolder } from '../helpers/photo-folder';
import { withDefaults } from '../helpers/with-defaults';
import { runStage } from '../helpers/run-stage';
import { trainOnWasm, type Trained } from '../helpers/train-on-wasm';

/** Identities are numbers, as in many data sets, so that names say nothing: 0 to 9, two photographs each. */
const PEOPLE = 10;

/** Photographs by `<identity>/<file>`; a tone stands for what is in the picture. */
async function dataSet(tone: (identity: number, image: number) => number, split = 'train'): Promise<string> {
  const root = await temporaryFolder('who');
  const rows: string[] = [];
  const pairs: string[] = [];
  for (let identity = 0; identity < PEOPLE; identity++) {
    for (const image of [1, 2]) {
      const path = `${split}/data/A/${identity}/${identity}_000${image}.jpg`;
      await put(root, path, await photo(tone(identity, image)));
      rows.push([`/${path}`, identity, ...LANDMARKS].join('\t'));
    }
    pairs.push(`${identity}\t1\t2`, `${identity}\t1\t${(identity + 1) % PEOPLE}\t2`);
  }
  await put(root, `${split}/txts/A/A_lmk.txt`, rows.join('\n') + '\n');
  await put(root, `${split}/txts/A/A_pairs.txt`, pairs.join('\n') + '\n');
  return root;
}

interface Read {
  readonly faces: StageInput;
  readonly pairs: string;
}

/** A data set read and aligned, as a pipeline does. */
async function read(name: string, folder: string, { split = 'train', domain = 'real' } = {}): Promise<Read> {
  const list = await runStage(readFaces, { ...READING, folder, split, domain }, {});
  const photos = join(list.folder, 'photos');
  const aligned = await runStage(alignFaces, ALIGNING, { photos });
  const faces = { stage: `align-${name}`, folder: join(aligned.folder, 'faces'), digest: `sha256:${name}` };
  return { faces, pairs: join(list.folder, 'pairs') };
}

const QUICK = { epochs: 1, batch: 10, embeddingSize: 32 };
const train = (faces: readonly StageInput[], options: object = {}, more: object = {}): Promise<Trained> =>
  trainOnWasm(trainTeacher, { ...QUICK, backbone: 'tiny', ...options }, { faces, ...more });
const metricsOf = (trained: Trained): Record<string, Json> =>
  Object.assign({}, ...trained.events.map(event => (event.type === 'metrics' ? event.values : {}))) as never;
/** But for how little such short trainings learn. */
const warningsOf = ({ events }: Pick<Trained, 'events'>): string[] =>
  events
    .flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []))
    .filter(text => !text.includes('has taught nothing'));
const evaluate = (model: string, { faces, pairs }: Read, options: object = {}) =>
  runStage(evaluateStudent, withDefaults(evaluateStudent, { label: 'x', batch: 16, ...options }), {
    model,
    faces: faces.folder,
    pairs,
  });

describe('people of equal names, through the stages', () => {
  let first: Read;
  let second: Read;
  let generated: Read;
  let tested: Read;
  beforeAll(async () => {
    first = await read('first', await dataSet((identity, image) => identity * 4 + image));
    second = await read('second', await dataSet((identity, image) => 100 + identity * 4 + image));
    const synthetic = await dataSet((identity, image) => 200 + identity * 4 + image);
    generated = await read('generated', synthetic, { domain: 'synthetic' });
    const test = await dataSet((identity, image) => 50 + identity * 4 + image, 'test');
    tested = await read('test', test, { split: 'test', domain: 'tested' });
  }, 60_000);

  test('are as many classes as people, with a warning that ends when the file says who they are', async () => {
    const faces = [first.faces, second.faces];
    const unsaid = await train(faces);
    expect(metricsOf(unsaid)).toMatchObject({ images: 40, classes: 20 });
    expect(warningsOf(unsaid)).toEqual([
      expect.stringMatching(/^10 names stand for people of several .* "align-first", "align-second", .* real\/A\/0:/),
    ]);
    const separate = await train(faces, { identities: 'separate' });
    expect([metricsOf(separate)['classes'], warningsOf(separate)]).toEqual([20, []]);
    const shared = await train(faces, { identities: 'shared' });
    expect([metricsOf(shared)['classes'], warningsOf(shared)]).toEqual([10, []]);
    expect(shared.model).toMatchObject({ classes: 10, trainedOn: { identities: 'shared' } });
  });

  test('are different people in a mix and in what is trained from it', async () => {
    const folders = { real: first.faces.folder, synthetic: generated.faces.folder };
    const mix = await runStage(mixDatasets, { realShare: 0.5, by: 'identities', seed: 1, allowDuplicates: 0 }, folders);
    expect(mix.metrics).toMatchObject({ identities: 20, duplicates: { ofOtherIdentity: 0, ofSameIdentity: 0 } });
    const selection = [{ stage: 'mix', folder: join(mix.folder, 'selection'), digest: 'sha256:mix' }];
    const faces = [real(first), synthetic(generated)];
    const trained = await train(faces, {}, { selection });
    expect([metricsOf(trained)['classes'], warningsOf(trained)]).toEqual([20, []]);
  });

  test('one photograph of two people is refused in a mix and in training, unless so many are allowed', async () => {
    const root = await dataSet((identity, image) => (identity * 2 + image === 4 ? 1 : identity * 4 + image));
    const wrong = await read('wrong', root);
    await expect(train([wrong.faces])).rejects.toMatchObject({ code: 'duplicate-faces' });
    await expect(train([wrong.faces])).rejects.toThrow('2 of 20 faces of group A');
    const folders = { real: wrong.faces.folder, synthetic: generated.faces.folder };
    const mixing = { realShare: 0.5, by: 'identities', seed: 1, allowDuplicates: 0 } as const;
    await expect(runStage(mixDatasets, mixing, folders)).rejects.toMatchObject({ code: 'duplicate-faces' });
    const mix = await runStage(mixDatasets, { ...mixing, allowDuplicates: 0.05 }, folders);
    expect(mix.looks).toContain('duplicates.txt');
    const allowed = await train([wrong.faces], { allowDuplicates: 0.1 });
    expect(metricsOf(allowed)).toMatchObject({ duplicates: { ofOtherIdentity: 2, groups: { A: 2 } } });
    expect(warningsOf(allowed)).toEqual([expect.stringContaining('"train/data/A/1/1_0002.jpg" of "real/A/1"')]);
  });

  test('a set that was read again under another domain is the same pictures of other people', async () => {
    const root = await dataSet((identity, image) => identity * 4 + image);
    const again = await read('again', root, { domain: 'web' });
    await expect(train([first.faces, again.faces])).rejects.toThrow('40 of 40 faces of group A show the same picture');
  });

  test('a model is not tested on what it has learnt from, nor a student on what its teacher has', async () => {
    const teacher = await train([first.faces]);
    const model = join(teacher.folder, 'model');
    await expect(evaluate(model, first)).rejects.toMatchObject({ code: 'test-faces-in-training' });
    const sound = await evaluate(model, tested);
    const file = join(sound.folder, 'evaluation', 'evaluation.json');
    const evaluation = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(evaluation).toMatchObject({
      seenInTraining: { model: 'known', teacher: 'none', faces: 20, seen: 0, identities: 0 },
      pairFaults: {},
    });
    expect(warningsOf(sound)).toEqual([]);

    const embedded = await runStage(embedFaces, { batch: 16 }, { faces: second.faces.folder, teacher: model });
    const embeddings = [{ stage: 'embed', folder: join(embedded.folder, 'embeddings'), digest: 'sha256:e' }];
    const taught = [{ ...second.faces, digest: 'sha256:of-faces' }];
    const student = await trainOnWasm(distillStudent, QUICK, { faces: taught, embeddings });
    const trainedOn = await readTrainedOn(join(student.folder, 'model'));
    expect(trainedOn?.teacherIs).toBe('known');
    expect([trainedOn?.own.faces.length, trainedOn?.teacher.faces.length]).toEqual([20, 20]);
    await expect(evaluate(join(student.folder, 'model'), first)).rejects.toThrow(
      'learnt from 20 of 20 faces of group A (20 by its teacher only)',
    );

    // A teacher from elsewhere says nothing, and neither does a student that ignores it.
    await rm(join(embedded.folder, 'embeddings', 'trained-on'), { recursive: true });
    const blind = await trainOnWasm(distillStudent, QUICK, { faces: taught, embeddings });
    expect((await readTrainedOn(join(blind.folder, 'model')))?.teacherIs).toBe('not known');
    const alone = await trainOnWasm(
      distillStudent,
      { ...QUICK, terms: [{ loss: 'elastic-arcface' }] },
      { faces: taught },
    );
    expect((await readTrainedOn(join(alone.folder, 'model')))?.teacherIs).toBe('none');
  });

  test('faces of another data set with the same paths are refused where pairs are compared', async () => {
    const model = await temporaryFolder('model');
    await expect(evaluate(model, { faces: first.faces, pairs: second.pairs })).rejects.toMatchObject({
      code: 'faces-of-other-photographs',
    });
  });
});

/** Digests as `runStage` gives them to the ports of a mix. */
const real = ({ faces }: Read): StageInput => ({ ...faces, digest: 'sha256:of-real' });
const synthetic = ({ faces }: Read): StageInput => ({ ...faces, digest: 'sha256:of-synthetic' });
