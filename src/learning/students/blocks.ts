import type { Layer } from '../networks/layer';

export interface ConvolutionOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
}

/**
 * Convolution, batch normalisation and PReLU. Padded to keep the side at stride 1; patches side by side (kernel = stride) need no
 * padding.
 */
export function convolution(name: string, filters: number, options: ConvolutionOptions): readonly Layer[] {
  return [...linearConvolution(name, filters, options), { op: 'prelu', name: `${name}/prelu` }];
}

/** The same without activation. */
export function linearConvolution(
  name: string,
  filters: number,
  { kernel, stride = 1, groups = 1 }: ConvolutionOptions,
): readonly Layer[] {
  const pad = kernel > 1 && kernel === stride ? 0 : (kernel - 1) / 2;
  return [
    { op: 'conv', name: `${name}/conv`, filters, kernel, stride, pad, groups },
    { op: 'batch-norm', name: `${name}/bn` },
  ];
}
