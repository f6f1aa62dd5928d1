import type { Initialisation } from './first-weights';

/**
 * A backbone as data: the forward pass (tfjs), the initialisation and the ONNX export all read the same list, so that they
 * cannot disagree. Activations are NHWC in training; convolutions have no bias (batch normalisation follows).
 *
 * `name` is unique in the network, and the prefix of the layer's parameters: `<name>/kernel`, `<name>/gamma`, …
 */
export type Layer =
  /** Kernel [k, k, in / groups, filters] (HWIO), or [k, k, in, 1] when depthwise (`groups` = in). Zero padding `pad` on each side. */
  | {
      readonly op: 'conv';
      readonly name: string;
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      readonly pad: number;
      readonly groups?: number;
    }
  /** gamma, beta, mean, variance of [channels]; epsilon 1e-5. */
  | { readonly op: 'batch-norm'; readonly name: string; readonly fixedGamma?: boolean }
  /** slope [channels]. */
  | { readonly op: 'prelu'; readonly name: string }
  /** body(x) + shortcut(x); an empty shortcut is the identity. */
  | {
      readonly op: 'residual';
      readonly name: string;
      readonly body: readonly Layer[];
      readonly shortcut: readonly Layer[];
    }
  /** [N, H, W, C] -> [N, H * W * C], in this order; the ONNX export reorders the next dense kernel for NCHW. */
  | { readonly op: 'flatten'; readonly name: string }
  /** kernel [in, units] and, with `bias`, bias [units]. */
  | { readonly op: 'dense'; readonly name: string; readonly units: number; readonly bias: boolean }
  /** In training, zeroes a share `rate` of the values and scales the rest by 1 / (1 - rate). */
  | { readonly op: 'dropout'; readonly name: string; readonly rate: number };

/** A backbone: an aligned face in, an embedding out (raw, not normalised). */
export interface Backbone {
  readonly name: string;
  /** Side of the square RGB input in pixels. */
  readonly inputSize: number;
  readonly embeddingSize: number;
  readonly layers: readonly Layer[];
  /** How its kernels start; `HE_FAN_OUT` by default. */
  readonly initialisation?: Initialisation;
}

export type { Weights } from '../../models/weights';
