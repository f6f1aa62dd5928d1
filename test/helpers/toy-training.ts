import type { Backbone } from '../../src/learning/networks';
import type { Batch } from '../../src/learning/training/batch';
import { planEpoch } from '../../src/learning/training/batches';
import type { Recipe } from '../../src/learning/training/recipe';
import { testFaces } from './face-set';

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
export const TOY_RECIPE: Recipe = {
  epochs: 3,
  batch: 8,
  learningRate: 0.05,
  milestones: [1, 2],
  gamma: 0.5,
  momentum: 0.9,
  weightDecay: 5e-4,
  margin: { mean: 0.5, std: 0.05 },
  scale: 16,
  identityWeight: 2,
  distillation: { weight: 3, reduction: 'mean' },
  flip: false,
  seed: 1,
};

/** Classes among the faces. */
export const TOY_CLASSES = 4;

/** The faces in the order of the plan, with a teacher who gives every identity a vector of its own. Two batches an epoch. */
export async function* toyBatches(epoch: number): AsyncGenerator<Batch> {
  for (const views of planEpoch(FACES.length, TOY_RECIPE, epoch)) {
    const faces = await Promise.resolve(Array.from(views.samples, sample => FACES[sample]!));
    const identities = [...new Set(FACES.map(({ identity }) => identity))];
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
