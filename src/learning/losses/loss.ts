import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { WithOptions } from '../../family';
import type { MapOption } from '../../kit/option-types';
import type { Random } from '../../kit/math/random';
import type { Tf } from '../engines/engine';

/** What every loss lets the user choose; see `weight`. */
export interface Weighted {
  readonly weight: number;
}

/**
 * One term of the weighted sum that a training minimises: a head on identities, a distance to a teacher. Its module loads nothing heavy:
 * tfjs is an argument. A loss is a mean over the faces of a batch, because replicas average what they find in equal parts of it.
 */
export interface Loss<O extends Weighted = Weighted> extends WithOptions {
  readonly options: MapOption<O>;
  /** Learns from a teacher: its embeddings must be connected then, and are at hand in `value`. */
  readonly needsTeacher: boolean;
  /** Names of what it measures beside itself. */
  readonly measures: readonly string[];
  /** Below this share of the weighted sum the term teaches nothing; `hint` says what to do. */
  readonly least: { readonly share: number; readonly hint: string };
  /** What is trained beside the backbone, such as class centres; none by default. */
  parameters?(sizes: Sizes, options: O): readonly TermParameter[];
  /** What a step draws for the faces of a whole batch, by name: equally many values for each face, one face after another. Replicas take their part. */
  draws?(faces: number, random: Random, options: O): Readonly<Record<string, Float32Array>>;
  /** Differentiable in the embeddings and in its own parameters. The caller disposes its intermediate tensors. */
  value(tf: Tf, input: TermInput, options: O): TermValue;
  /** Settings that no publication has or that have no effect, a phrase each: `scale 512, beyond any published recipe`. */
  odd?(options: O): string[];
  /** Why the last epoch shows that the term has taught nothing, in words for a person; undefined where it has. */
  unlearnt?(last: LastEpoch, options: O): string | undefined;
}

export interface Sizes {
  /** Values of an embedding. */
  readonly dimensions: number;
  /** At least 2. */
  readonly classes: number;
}

export interface TermParameter {
  /** Within the term: `centres`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** First values, row-major. */
  readonly initial: (random: Random) => Float32Array;
  /** Whether its gradient is clipped together with those of the backbone. */
  readonly clip: boolean;
  /** Whether weight decay applies to it. */
  readonly decay: boolean;
}

export interface TermInput {
  /** [n, dimensions], as the backbone gives them: of any length. */
  readonly embeddings: Tensor2D;
  /** [n] int32: the class of each face. */
  readonly labels: Tensor1D;
  /** [n, dimensions] of the same views, of any length; there for a loss that needs a teacher. */
  readonly teacher?: Tensor2D;
  /** Its parameters by name. */
  readonly own: Readonly<Record<string, Tensor>>;
  /** What it has drawn, by name; one dimension. */
  readonly drawn: Readonly<Record<string, Tensor1D>>;
}

export interface TermValue {
  /** Before its weight. */
  readonly loss: Scalar;
  /** By the names in `measures`: means over the faces, not differentiable. */
  readonly measures: Readonly<Record<string, Scalar>>;
}

/** Means over the last epoch of a training. */
export interface LastEpoch extends Sizes {
  /** Before its weight. */
  readonly loss: number;
  /** By the names in `measures`. */
  readonly measures: Readonly<Record<string, number>>;
  /** Faces that were learnt from in it. */
  readonly faces: number;
}
