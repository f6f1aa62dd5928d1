import type { Backbone } from '../../src/learning/networks';
import type { Batch } from '../../src/learning/training/batch';
import { planEpoch, stepsPerEpoch } from '../../src/learning/training/batches';
import type { Recipe } from '../../src/learning/training/recipe';
import { placeOf } from '../../src/learning/training/terms';
import { testFaces } from './face-set';
import { BASE_RECIPE, changed } from './recipes';

const SIZE = 16;
const FACES = testFaces('AB', 2, 4, SIZE, 20);
export const TOY_BACKBONE: Backbone = {
  name: 'toy',
  inputSize: SIZE,
  embeddingSize: 8,
  layers: [
    { op: 'conv', name: 'a', filters: 8, kernel: 4, stride: 4, pad: 0 },
    { op: 'batch-norm', name: 'a/bn' },
    { op: 'prelu', name: 'a/prelu' },
    { op: 'flatten', name: 'f' },
    { op: 'dropout', name: 'drop', rate: 0.25 },
    { op: 'dense', name: 'd', units: 8, bias: true },
    { op: 'batch-norm', name: 'd/bn' },
  ],
};
export const TOY_RECIPE: Recipe = changed(BASE_RECIPE, {
  epochs: 3,
  batch: 8,
  identity: { weight: 2, scale: 16 },
  distance: { weight: 3 },
  sgd: { learningRate: 0.05 },
  steps: { milestones: [1, 2], gamma: 0.5 },
});

/** Full batches of the toy faces in an epoch. */
export const TOY_STEPS = stepsPerEpoch(FACES.length, TOY_RECIPE.batch);

/** Where the class centres stand among the parameters. */
export const CENTRES = placeOf('elastic-arcface', 'centres');

/** Classes among the faces. */
export const TOY_CLASSES = 4;

/** The faces in the order of the plan, with a teacher who gives every identity a vector of its own. Two batches an epoch. */
export async function* toyBatches(epoch: number): AsyncGenerator<Batch> {
  const identities = [...new Set(FACES.map(({ identity }) => identity))];
  const all = Int32Array.from(FACES, ({ identity }) => identities.indexOf(identity));
  for (const views of planEpoch({ count: FACES.length, labels: all }, TOY_RECIPE, epoch)) {
    const faces = await Promise.resolve(Array.from(views.samples, sample => FACES[sample]!));
    const labels = Int32Array.from(faces, ({ identity }) => identities.indexOf(identity));
    yield {
      ...views,
      count: faces.length,
      labels,
      pixels: Float32Array.from(
        faces.flatMap(({ pixels }) => [...pixels]),
        value => (value - 127.5) / 127.5,
      ),
      teacher: Float32Array.from({ length: faces.length * 8 }, (_, i) => (i % 8 === labels[Math.floor(i / 8)] ? 1 : 0)),
    };
  }
}
