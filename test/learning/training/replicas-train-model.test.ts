import { mkdir, mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { StageInput } from '../../../src/stage';
import { trainModel } from '../../../src/learning/training/train-model';
import { testFaces, writeFaceSet } from '../../helpers/face-set';
import { noEarlier } from '../../helpers/no-earlier';
import { changed } from '../../helpers/recipes';
import { TOY_BACKBONE, TOY_RECIPE } from '../../helpers/toy-training';

const EXEC_ARGV = ['-r', join(__dirname, '..', '..', 'helpers', 'register-typescript.js')];
const SIZE = TOY_BACKBONE.inputSize;
const RECIPE = changed(TOY_RECIPE, { flip: true, distance: null });

describe('trainModel() with replicas', () => {
  let faces: StageInput;
  beforeAll(async () => {
    const folder = await writeFaceSet(testFaces('AB', 4, 5, SIZE, 20), SIZE);
    faces = { stage: 'align', folder, digest: 'sha256:faces' };
  });

  /** Losses of all steps. */
  async function run(recipe: typeof RECIPE & { replicas?: number }): Promise<number[]> {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-replicas-'));
    const modelFolder = join(folder, 'model');
    await mkdir(modelFolder);
    const { signal } = new AbortController();
    const { checkpoints } = noEarlier(folder);
    const where = { folder, modelFolder, checkpoints, signal };
    const job = { recipe, faces: [faces], embeddings: [], ...where, execArgv: EXEC_ARGV };
    await trainModel({ backbone: TOY_BACKBONE, engine: 'wasm', ...job }, () => undefined);
    expect(await readdir(modelFolder)).toContain('model.onnx');
    const rows = (await readFile(join(folder, 'training.csv'), 'utf8')).trim().split('\n').slice(1);
    return rows.map(line => Number(line.split(',')[3]));
  }

  test('takes the steps that it takes without, up to rounding', async () => {
    const [one, two] = [await run(RECIPE), await run({ ...RECIPE, replicas: 2 })];
    expect(one).toHaveLength(3 * 5);
    expect(two).toHaveLength(one.length);
    for (const [i, loss] of two.entries()) expect(loss / one[i]!).toBeCloseTo(1, 3);
  });

  test('refuses a batch that cannot be divided, before anything is read', async () => {
    await expect(run({ ...RECIPE, replicas: 3 })).rejects.toMatchObject({ code: 'batch-not-divisible' });
  });
});
