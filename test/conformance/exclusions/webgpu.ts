import type { Exclusion } from '../judge';

/**
 * As it came out on SwiftShader (Chromium 156) and Dawn of webgpu 0.6.2; a GPU may pass more. The list of tfjs is the one in
 * tfjs-backend-webgpu/src/setup_test.ts of 4.22; what is not here of that list passes.
 */
export const WEBGPU: readonly Exclusion[] = [
  {
    reason:
      'on the list of tfjs: the backend registers no such kernel, and none takes part in training an image network',
    specs: [
      'bitwiseAnd a bitwiseAnd b',
      'nonMaxSuppression NonMaxSuppressionPadded ',
      'raggedGather ',
      'raggedRange ',
      'raggedTensorToTensor ',
      'sparseFillEmptyRows ',
      'sparseReshape ',
      'staticRegexReplace ',
      'stringSplit ',
      'stringToHashBucketFast empty',
      'stringToHashBucketFast multiple',
      'stringToHashBucketFast one',
      'stringToHashBucketFast preserve',
      'unique ',
    ],
  },
  {
    reason: 'on the list of tfjs: a kernel on a GPU cannot throw because of the values that it meets',
    specs: [
      'gather throws when index is out of bound',
      'sparseSegmentMean throw error if indices < 0',
      'sparseSegmentMean throw error if indices >= max rows',
      'sparseSegmentMean throw error if segment id is negative',
      'sparseSegmentMean throw error if segment id is negative and there is a hole',
      'sparseSegmentMean throw error if segment id is out of range',
      'sparseSegmentMean throw error if segment id is out of range and negative',
      'sparseSegmentMean throw error if segment ids are not increasing',
      'sparseSegmentSum indices invalid 1',
      'sparseSegmentSum indices invalid 2',
      'sparseSegmentSum segments invalid 2',
      'sparseSegmentSum segments invalid 3',
      'sparseSegmentSum segments invalid 4',
      'sparseSegmentSum segments invalid 6',
      'sparseSegmentSum segments invalid 7',
    ],
  },
  {
    reason: 'on the list of tfjs: drivers may assume that there is no NaN (WGSL, floating point evaluation)',
    specs: [
      'acosh propagates NaNs',
      'asinh propagates NaNs',
      'atanh propagates NaNs',
      'log log propagates NaNs',
      'sigmoid propagates NaNs',
      'softmax Propagates NaNs',
    ],
  },
  {
    reason:
      'on the list of tfjs: WGSL promises sine, cosine and tangent to three digits, and for small angles only; the networks take them of margins alone',
    specs: [
      'cos gradient with clones',
      'cos gradients: Scalar',
      'tan gradients: Tensor2D',
      'tan numbers exceed float32 precision',
    ],
  },
  {
    reason: 'on the list of tfjs: the expected value has more digits than float32',
    specs: ['exp int32'],
  },
  {
    reason: 'on the list of tfjs: gradients of kernels that the networks here do not use',
    specs: [
      'cumsum gradient with clones',
      'cumsum gradient: 1D',
      'prod gradients: prod(2d, axis=0) and varied gradient values',
      'prod gradients: prod(2d, axis=1)',
      'prod gradients: prod(tensor with zeros)',
    ],
  },
  {
    reason: 'on the list of tfjs: its histogram is a shader that does not compile for a tensor of three dimensions',
    specs: ['threshold method otsu', 'threshold method otsu, inverted = true'],
  },
  {
    reason: 'on the list of tfjs: specs that read while another backend is put into use, and fail by timing',
    flaky: true,
    specs: [
      'tensor.data .data() postpones disposal of tensor',
      'tensor.data calling .data() twice works (2 subscribers to a single read)',
    ],
  },
  {
    reason: 'not on the list of tfjs, which tests in browsers: these need a canvas that is a plain object',
    specs: [
      'fromPixels, mock canvas accepts a canvas-like element',
      'fromPixels, mock canvas accepts a canvas-like element, numChannels=4',
    ],
  },
];
