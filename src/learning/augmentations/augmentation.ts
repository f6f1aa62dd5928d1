import type { WithOptions } from '../../family';
import type { MapOption } from '../../kit/option-types';
import type { Random } from '../../kit/math/random';

/**
 * How a face is changed before it is learnt from. It is a plan only: which faces of a batch are shown mirrored. The thread that reads pixels
 * follows the plan (`training/batch-thread.ts`), and can import no member, because it is the text of a function. So every view that a student
 * sees has a cached teacher vector: that of the face or that of its mirror image.
 */
export interface Augmentation<O = unknown> extends WithOptions {
  readonly options: MapOption<O>;
  /**
   * 1 for each of so many faces that is to be mirrored, 0 for the others. Called for every batch of an epoch in turn. A function of its
   * arguments.
   * @param random of this epoch, as the batches before have left it
   */
  plan(faces: number, random: Random, options: O): Uint8Array;
}
