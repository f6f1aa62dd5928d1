import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createEmbeddingSet } from '../../../src/data/embedding-set';
import type { Preprocessing } from '../../../src/data/embedding-set';
import { openFaceSet } from '../../../src/data/face-set';
import type { StageEvent, StageInput } from '../../../src/stage';
import { checkConnections } from '../../../src/learning/training/one-teacher';
import type { SourceSet } from '../../../src/learning/training/samples';
import { openTeacherVectors } from '../../../src/learning/training/teacher-vectors';
import type { TrainingJob } from '../../../src/learning/training/training-job';
import { BASE_RECIPE, changed } from '../../helpers/recipes';
import { testFaces, writeFaceSet } from '../../helpers/face-set';

const [SIZE, DIM] = [8, 4];
const FACES = testFaces('A', 2, 2, SIZE, 10);
const USUAL: Preprocessing = { size: SIZE, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 };

let sources: SourceSet[];
beforeAll(async () => {
  const open = async (name: string): Promise<SourceSet> => {
    const folder = await writeFaceSet(FACES, SIZE);
    return { input: { stage: `align-${name}`, folder, digest: `sha256:${name}` }, faces: await openFaceSet(folder) };
  };
  sources = [await open('real'), await open('synthetic')];
});

async function embedded(stage: string, of: string, teacher = 'a'.repeat(64), how: Partial<Preprocessing> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-embeddings-'));
  const about = { dim: DIM, facesDigest: `sha256:${of}`, teacherSha256: teacher, preprocessing: { ...USUAL, ...how } };
  const writer = await createEmbeddingSet(folder, about);
  for (const [row, { identity, group }] of FACES.entries()) {
    const vector = new Float32Array(DIM).fill(0.5);
    await writer.add({
      row,
      key: String(row),
      identity,
      group,
      embedding: vector,
      embeddingFlipped: vector,
      norm: 1,
      normFlipped: 1,
    });
  }
  await writer.close();
  return { stage, folder, digest: `sha256:of-${stage}` };
}

async function openVectors(inputs: readonly StageInput[]): Promise<void> {
  await (await openTeacherVectors(sources, inputs, DIM)).close();
}

describe('openTeacherVectors()', () => {
  test('takes one teacher for all face sets', async () => {
    await openVectors([await embedded('embed-a', 'synthetic'), await embedded('embed-b', 'real')]);
  });

  test('refuses two teachers, and names the stages and both models', async () => {
    const failure = openVectors([
      await embedded('embed-a', 'real'),
      await embedded('embed-b', 'synthetic', 'b'.repeat(64)),
    ]);
    await expect(failure).rejects.toMatchObject({ code: 'two-teachers' });
    await expect(failure).rejects.toThrow(
      'stages "embed-a" and "embed-b" embedded with two teachers (model aaaaaaaaaaaa and model bbbbbbbbbbbb)',
    );
  });

  test.each([
    [{ channels: 'BGR' }, 'channels "RGB" and channels "BGR"'],
    [{ mean: 0, scale: 1 }, 'mean 127.5, scale 127.5 and mean 0, scale 1'],
  ] as const)('refuses one teacher that saw pixels in two ways: %j', async (how, wanted) => {
    const failure = openVectors([
      await embedded('embed-a', 'real'),
      await embedded('embed-b', 'synthetic', undefined, how),
    ]);
    await expect(failure).rejects.toMatchObject({ code: 'two-teachers' });
    await expect(failure).rejects.toThrow(
      `"embed-a" and "embed-b" gave the same teacher its pixels in two ways (${wanted})`,
    );
  });

  test('refuses two embedding sets of the same faces, also when they are of one teacher or one artifact', async () => {
    const real = await embedded('embed-a', 'real');
    const synthetic = await embedded('embed-b', 'synthetic');
    const again = openVectors([real, synthetic, await embedded('embed-c', 'real')]);
    await expect(again).rejects.toMatchObject({ code: 'embeddings-mismatch' });
    await expect(again).rejects.toThrow('two of the same faces ("embed-a" and "embed-c")');
    await expect(openVectors([real, synthetic, real])).rejects.toThrow('two of the same faces ("embed-a", twice)');
  });
});

describe('checkConnections()', () => {
  const job = (more: Partial<TrainingJob>) =>
    ({ embeddings: [], recipe: BASE_RECIPE, ...more }) as unknown as TrainingJob;

  async function selection(...digests: string[]): Promise<StageInput> {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-selection-'));
    await writeFile(join(folder, 'selection.json'), JSON.stringify({ sets: digests.map(digest => ({ digest })) }));
    return { stage: 'mix', folder, digest: 'sha256:mix' };
  }

  test('refuses a face set that the selection knows nothing of', async () => {
    const failure = checkConnections(job({ selection: await selection('sha256:real') }), sources, () => undefined);
    await expect(failure).rejects.toMatchObject({ code: 'selection-mismatch' });
    await expect(failure).rejects.toThrow(/"mix".*without the faces of stage "align-synthetic"/);
    const both = await selection('sha256:synthetic', 'sha256:real');
    await checkConnections(job({ selection: both }), sources, () => undefined);
  });

  test('refuses faces that are aligned in two ways', async () => {
    const [first, second] = sources as [SourceSet, SourceSet];
    const other = { ...second, faces: { ...second.faces, info: { ...second.faces.info, template: 'eyes' } } };
    const failure = checkConnections(job({}), [first, other], () => undefined);
    await expect(failure).rejects.toMatchObject({ code: 'different-templates' });
    await expect(failure).rejects.toThrow('those of "align-real" to arcface and those of "align-synthetic" to eyes');
  });

  test('says which embeddings have no effect, and nothing else', async () => {
    const events: StageEvent[] = [];
    const embeddings = [{ stage: 'embed-real', folder: '', digest: '' }];
    await checkConnections(job({ embeddings }), sources, event => events.push(event));
    expect(events).toEqual([]);
    const unused = { embeddings, recipe: changed(BASE_RECIPE, { distance: { weight: 0 } }) };
    await checkConnections(job(unused), sources, event => events.push(event));
    const text = 'The embeddings of "embed-real" are not used: no term with a weight above 0 learns from a teacher';
    expect(events).toEqual([{ type: 'log', level: 'warn', text }]);
  });
});
