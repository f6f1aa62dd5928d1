// Program: one training step and one inference of a student on `cpu` and on `webgpu`; prints how far they are apart.
// Arguments: student, side of its input in pixels, what its channels are divided by, faces.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../../../../src/learning/engines/engine';
import { webgpu } from '../../../../src/learning/engines/webgpu/index';
import { seededRandom } from '../../../../src/kit/math/random';
import { forward, outputShape, parametersOf, sizeOf, type Backbone } from '../../../../src/learning/networks';
import { studentNow } from '../../../helpers/families';
import { termsOf } from '../../../../src/learning/training/terms';
import { differentiate } from '../../../../src/learning/training/differentiate';
import { createLearner, disposeLearner, type Learner } from '../../../../src/learning/training/learner';
import { thin } from '../../../helpers/thin';
import { RECIPE } from './recipe';

const CLASSES = 10;
const [GRADIENT, STATISTICS] = ['gradient ', 'statistics '];

/** What the test reads. */
export interface StudentStep {
  /** Differences as shares of the largest value of the tensor. */
  readonly embeddings: number;
  readonly losses: number;
  /** Mean and variance by batch normalisation. */
  readonly statistics: Readonly<Record<string, number>>;
  /** By parameter; of the class centres too. Of a thousandth of the largest gradient where that is more, as some are zero but for noise. */
  readonly gradients: Readonly<Record<string, number>>;
  /** Length of the difference of all gradients together, as a share of their length. */
  readonly gradient: number;
}

type Results = ReadonlyMap<string, Float32Array>;

async function main([name, side, divisor, faces]: readonly string[]): Promise<StudentStep> {
  const student = studentNow(name!);
  const thinned = thin(student, Number(divisor), Number(side));
  const tf = await webgpu.start();
  await tf.setBackend('cpu');
  const wanted = await step(tf, thinned, Number(faces));
  await tf.setBackend('webgpu');
  return compare(await step(tf, thinned, Number(faces)), wanted);
}

function compare(found: Results, wanted: Results): StudentStep {
  const pairs = [...wanted].map(([key, values]) => ({ key, wanted: values, found: found.get(key)! }));
  const under = (prefix: string, floor = 0): Record<string, number> => {
    const chosen = pairs.filter(({ key }) => key.startsWith(prefix));
    const least = floor * Math.max(...chosen.map(({ wanted }) => largestOf(wanted)));
    return Object.fromEntries(
      chosen.map(({ key, found, wanted }) => [
        key.slice(prefix.length),
        largestOf(minus(found, wanted)) / Math.max(largestOf(wanted), least),
      ]),
    );
  };
  const gradients = pairs.filter(({ key }) => key.startsWith(GRADIENT));
  const squares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
  const total = (of: (pair: (typeof pairs)[number]) => Float32Array): number =>
    Math.sqrt(gradients.reduce((sum, pair) => sum + squares(of(pair)), 0));
  return {
    embeddings: under('embeddings')['']!,
    losses: under('losses')['']!,
    statistics: under(STATISTICS),
    gradients: under(GRADIENT, 1e-3),
    gradient: total(({ found, wanted }) => minus(found, wanted)) / total(({ wanted }) => wanted),
  };
}

/**
 * The same layers with fewer channels and for smaller faces, the kernel over all that is left of a face included: the plain
 * JavaScript to compare with takes minutes for a whole student.
 */
async function step(tf: Tf, student: Backbone, count: number): Promise<Results> {
  const learner = learnerOf(tf, student);
  const side = student.inputSize;
  const dimensions = sizeOf(outputShape(student));
  const pixels = normal([count, side, side, 3], 'pixels');
  const batch = {
    count,
    pixels,
    labels: Int32Array.from({ length: count }, (_, i) => (i * 3) % CLASSES),
    teacher: normal([count, dimensions], 'teacher'),
    samples: new Uint32Array(count),
    mirrored: new Uint8Array(count),
  };
  const x: Tensor4D = tf.tensor4d(pixels, [count, side, side, 3]);
  const embeddings = tf.tidy(() => forward(tf, student.layers, learner.parameters, x));
  const { losses, gradients, statistics } = differentiate(
    tf,
    learner,
    batch,
    termsOf(RECIPE.terms),
    seededRandom(1, 'step'),
  );
  const tensors: (readonly [string, Tensor])[] = [
    ['embeddings', embeddings],
    ['losses', losses],
    ...learner.trained.map(({ name }, i) => [GRADIENT + name, gradients[i]!] as const),
    ...[...statistics].flatMap(([layer, { mean, variance }]) => [
      [`${STATISTICS}${layer}/mean`, mean] as const,
      [`${STATISTICS}${layer}/variance`, variance] as const,
    ]),
  ];
  const results = new Map<string, Float32Array>();
  for (const [key, tensor] of tensors) results.set(key, Float32Array.from(await tensor.data()));
  tf.dispose([x, ...tensors.map(([, tensor]) => tensor)]);
  disposeLearner(tf, learner);
  return results;
}

/**
 * With normalisations and slopes that are no constants. Shifts of 3 in both directions, because a value before a PReLU that is
 * zero but for rounding has one slope on one engine and the other on the next.
 */
function learnerOf(tf: Tf, student: Backbone): Learner {
  const learner = createLearner(tf, student, CLASSES, RECIPE);
  for (const { name, shape, role } of parametersOf(student)) {
    if (role === 'kernel') continue;
    const old = learner.parameters.get(name)!;
    const shift = normal(shape, name).map(value => 0.1 * value + (role === 'beta' ? 3 * Math.sign(value) : 0));
    learner.parameters.set(
      name,
      tf.tidy(() => tf.add(old, tf.tensor(shift, [...shape]))),
    );
    tf.dispose(old);
  }
  return learner;
}

function normal(shape: readonly number[], label: string): Float32Array {
  const random = seededRandom(1, label);
  return Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function minus(found: Float32Array, wanted: Float32Array): Float32Array {
  return found.map((value, i) => value - wanted[i]!);
}

void main(process.argv.slice(2)).then(result => {
  process.stdout.write(`\n${JSON.stringify(result)}`);
});
