import type { TensorInfo } from '@tensorflow/tfjs-core';
import { attributesOf, KERNEL_NAMES, type FusedOperation } from '../fused-kernel';
import type { Addon } from './addon';
import type { OnednnBackend } from './backend';
import type { Call, NativeKernel } from './kernel';

/** What native/fused/bindings.cc exports. `out` arrays are written. */
interface FusedAddon extends Addon {
  marginSoftmax(
    features: Float32Array,
    centres: Float32Array,
    labels: Int32Array,
    margins: Float32Array,
    scale: number,
    outValue: Float32Array,
    outProducts: Float32Array,
    outOfFeatures: Float32Array,
    outOfCentres: Float32Array,
  ): void;
  marginSoftmaxGradients(
    upstream: number,
    features: Float32Array,
    centres: Float32Array,
    products: Float32Array,
    ofFeatures: Float32Array,
    ofCentres: Float32Array,
    outFeatures: Float32Array,
    outCentres: Float32Array,
  ): void;
  embeddingMse(
    student: Float32Array,
    teacher: Float32Array,
    rows: number,
    terms: number,
    outGradient: Float32Array,
  ): number;
  sgd(
    weights: readonly Float32Array[],
    gradients: readonly Float32Array[],
    velocities: readonly Float32Array[],
    factors: Float32Array,
    learningRate: number,
    momentum: number,
    weightDecay: number,
  ): void;
  sumOfSquares(arrays: readonly Float32Array[]): number;
  moveAverages(running: readonly Float32Array[], latest: readonly Float32Array[], share: number): void;
}

/** Training head and optimiser, see `KERNEL_NAMES`. */
export const FUSED_KERNELS: readonly NativeKernel[] = [
  kernel('marginSoftmax', ['marginSoftmax'], (addon, { inputs, attrs, backend }) => {
    const { features, centres, labels, margins } = inputs as Inputs<'features' | 'centres' | 'labels' | 'margins'>;
    const [faces, classes] = [features.shape[0]!, centres.shape[1]!];
    const outputs = [[2], [faces, classes], [faces], [classes]].map(shape => backend.output(shape));
    const [value, products, ofFeatures, ofCentres] = floatsOf(backend, outputs) as [Floats, Floats, Floats, Floats];
    const given = [backend.floats(features), backend.floats(centres)] as const;
    const { scale } = attributesOf('marginSoftmax', attrs);
    const drawn = [backend.ints(labels), backend.floats(margins)] as const;
    addon.marginSoftmax(...given, ...drawn, scale, value, products, ofFeatures, ofCentres);
    return outputs;
  }),
  kernel('marginSoftmaxGrad', ['marginSoftmaxGradients'], (addon, { inputs, backend }) => {
    const { dy, features, centres } = inputs as Inputs<'dy' | 'features' | 'centres'>;
    const { products, ofFeatures, ofCentres } = inputs as Inputs<'products' | 'ofFeatures' | 'ofCentres'>;
    const [upstream] = backend.floats(dy);
    const outputs = [features, centres].map(({ shape }) => backend.output(shape));
    const given = floatsOf(backend, [features, centres, products, ofFeatures, ofCentres]);
    const arrays = [...given, ...floatsOf(backend, outputs)] as [
      Floats,
      Floats,
      Floats,
      Floats,
      Floats,
      Floats,
      Floats,
    ];
    addon.marginSoftmaxGradients(upstream!, ...arrays);
    return outputs;
  }),
  kernel('embeddingMse', ['embeddingMse'], (addon, { inputs, attrs, backend }) => {
    const { student, teacher } = inputs as Inputs<'student' | 'teacher'>;
    const { terms } = attributesOf('embeddingMse', attrs);
    const [loss, gradient] = [backend.output([]), backend.output(student.shape)];
    const [from, to] = [backend.floats(student), backend.floats(teacher)];
    backend.floats(loss)[0] = addon.embeddingMse(from, to, student.shape[0]!, terms, backend.floats(gradient));
    return [loss, gradient];
  }),
  kernel('sgd', ['sgd'], (addon, { inputs, attrs, backend }) => {
    const { factors, learningRate, momentum, weightDecay } = attributesOf('sgd', attrs);
    const tensors = listOf(inputs);
    const count = factors.length;
    const weights = tensors.slice(0, count).map(tensor => own(backend, tensor));
    const gradients = floatsOf(backend, tensors.slice(count, 2 * count));
    const velocities = tensors.slice(2 * count).map(tensor => own(backend, tensor));
    addon.sgd(weights, gradients, velocities, Float32Array.from(factors), learningRate, momentum, weightDecay);
    return [];
  }),
  kernel('norms', ['sumOfSquares'], (addon, { inputs, attrs, backend }) => {
    const { first } = attributesOf('norms', attrs);
    const arrays = floatsOf(backend, listOf(inputs));
    const norms = backend.output([2]);
    const groups = [arrays.slice(0, first), arrays.slice(first)];
    backend.floats(norms).set(groups.map(group => Math.sqrt(addon.sumOfSquares(group))));
    return [norms];
  }),
  kernel('movingAverage', ['moveAverages'], (addon, { inputs, attrs, backend }) => {
    const { share } = attributesOf('movingAverage', attrs);
    const tensors = listOf(inputs);
    const running = tensors.slice(0, tensors.length / 2).map(tensor => own(backend, tensor));
    addon.moveAverages(running, floatsOf(backend, tensors.slice(tensors.length / 2)), share);
    return [];
  }),
];

type Floats = Float32Array;

type Inputs<Names extends string> = Record<Names, TensorInfo>;

function kernel(
  operation: FusedOperation,
  needs: readonly (keyof FusedAddon)[],
  run: (addon: FusedAddon, call: Call) => TensorInfo[],
): NativeKernel {
  return {
    kernelName: KERNEL_NAMES[operation],
    needs,
    make: (_, addon) => call => run(addon as FusedAddon, call),
  };
}

/** The inputs of a kernel that takes a list. */
function listOf(inputs: Call['inputs']): TensorInfo[] {
  return Object.values(inputs) as TensorInfo[];
}

function floatsOf(backend: OnednnBackend, tensors: readonly TensorInfo[]): Float32Array[] {
  return tensors.map(tensor => backend.floats(tensor));
}

/**
 * The memory of a tensor that is changed in place. Where somebody else may hold the array (it came from outside or was read out), the
 * tensor gets one of its own first. Throws where another tensor is the same data: it would change with this one.
 */
function own(backend: OnednnBackend, { dataId }: TensorInfo): Float32Array {
  const entry = backend.data.get(dataId) as { values: Float32Array; readonly refCount: number; isPooled?: boolean };
  if (entry.refCount > 1) throw new Error('A tensor that is to be changed in place shares its memory with another');
  if (entry.isPooled !== true) {
    const copy = backend.pool.take(entry.values.length);
    copy.set(entry.values);
    entry.values = copy;
    entry.isPooled = true;
  }
  return entry.values;
}
