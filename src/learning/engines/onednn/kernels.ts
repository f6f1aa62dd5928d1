import { FUSED_KERNELS } from './fused';
import type { NativeKernel } from './kernel';
import { BINARY_KERNELS, select } from './kernels/binary';
import { cast, fill, onesLike, zerosLike } from './kernels/constant';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './kernels/conv2d';
import { depthwise, depthwiseBackpropFilter, depthwiseBackpropInput, fusedDepthwise } from './kernels/depthwise';
import { batchMatMul, fusedMatMul } from './kernels/mat-mul';
import { concat, pad, slice, transpose } from './kernels/move';
import { batchNorm, softmax } from './kernels/norm';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './kernels/pool';
import { max, mean, min, sum } from './kernels/reduce';
import { addN, UNARY_KERNELS } from './kernels/unary';
import { NETWORK_KERNELS } from './network';

/** Every kernel of ours. */
export const KERNELS: readonly NativeKernel[] = [
  ...BINARY_KERNELS,
  ...UNARY_KERNELS,
  ...[addN, cast, fill, onesLike, select, zerosLike],
  ...[conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d],
  ...[depthwise, depthwiseBackpropFilter, depthwiseBackpropInput, fusedDepthwise],
  ...[batchMatMul, fusedMatMul],
  ...[concat, pad, slice, transpose],
  ...[batchNorm, softmax],
  ...[avgPool, avgPoolGrad, maxPool, maxPoolGrad],
  ...[max, mean, min, sum],
  ...FUSED_KERNELS,
  ...NETWORK_KERNELS,
];
