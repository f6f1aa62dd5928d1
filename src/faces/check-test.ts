import type { Emit } from '../streams/stage-task';
import { checkPairs } from './check-pairs';
import type { FaceSet } from './face-set';
import type { PairList } from './pair-list';
import { refuseOtherPhotographs } from './pair-photographs';
import { refuseOverlap, type OverlapSummary } from './refuse-overlap';
import { readTrainedOn } from './trained-on';

/** What a test's faces and pairs are worth, for evaluation.json. */
export interface TestChecks {
  readonly seenInTraining: OverlapSummary;
  /** By fault, then by group: see `checkPairs`. */
  readonly pairFaults: Awaited<ReturnType<typeof checkPairs>>;
}

export interface TestToCheck {
  readonly faces: FaceSet;
  readonly pairs: PairList;
  readonly pairsFolder: string;
  /** Undefined for a model that was not trained here. */
  readonly modelFolder: string | undefined;
  /** See `refuseOverlap`. */
  readonly allowOverlap: number;
}

/**
 * Whether the faces are those that the pairs mean, the pairs what they say, and the model has not learnt from the faces. Errors as
 * `refuseOtherPhotographs` and `refuseOverlap` do; all else is warned of.
 */
export async function checkTest(test: TestToCheck, emit: Emit): Promise<TestChecks> {
  const { faces, pairs, pairsFolder, modelFolder, allowOverlap } = test;
  await refuseOtherPhotographs(pairsFolder, pairs, faces.rows());
  const trainedOn = modelFolder === undefined ? undefined : await readTrainedOn(modelFolder);
  const isTested = ({ path }: { readonly path: string }): boolean => pairs.slotOf(path) !== undefined;
  const seenInTraining = await refuseOverlap(faces, isTested, trainedOn, allowOverlap, emit);
  return { seenInTraining, pairFaults: await checkPairs(pairs, faces.rows(), emit) };
}
