import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Addon } from '../addon';
import type { OnednnBackend } from '../backend';
import { areNative } from '../kernel';
import { broadcastLoop } from '../loop';
import { PRELU, type BinaryAddon } from './binary';
import { unaryOperation, type UnaryAddon } from './unary';

/** What fused kernels do to their product, by tfjs's names. */
const KERNELS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  leakyrelu: 'LeakyRelu',
  sigmoid: 'Sigmoid',
};

export const ACTIVATION_NEEDS = ['unary', 'binary'] as const;

/** Applies the activation of a fused kernel to tensor `y` of shape `shape` in place; undefined for one that is not known here. */
export function activationOf(
  addon: Addon,
  backend: OnednnBackend,
  attrs: NamedAttrMap | undefined,
  alpha: TensorInfo | null | undefined,
  shape: readonly number[],
): ((y: TensorInfo) => void) | undefined {
  const name = (attrs?.['activation'] as string | null | undefined) ?? 'linear';
  if (name === 'linear') return () => undefined;
  if (name === 'prelu') {
    const loop = alpha && areNative(alpha) ? broadcastLoop(shape, alpha.shape, shape) : undefined;
    if (!alpha || !loop) return undefined;
    return y => (addon as BinaryAddon).binary(PRELU, backend.floats(y), backend.floats(alpha), backend.floats(y), loop);
  }
  const kernel = KERNELS[name];
  if (kernel === undefined) return undefined;
  const slope = (attrs?.['leakyreluAlpha'] as number | null | undefined) ?? 0;
  return y => (addon as UnaryAddon).unary(unaryOperation(kernel), backend.floats(y), backend.floats(y), slope, 0);
}
