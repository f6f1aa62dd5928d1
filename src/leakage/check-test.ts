import { createHash } from 'node:crypto';
import type { Json } from '../stage';
import type { Emit } from '../stage-task';
import { checkPairs } from './check-pairs';
import type { FaceRow, FaceSet } from '../data/face-set';
import type { PairList } from '../data/pair-list';
import { refuseOtherPhotographs } from './pair-photographs';
import { refuseDuplicates, type PeopledFaces } from './refuse-duplicates';
import { refuseOverlap, type OverlapSummary } from './refuse-overlap';
import { readTrainedOn } from './trained-on';

/** What a test's faces and pairs are worth, for evaluation.json. */
export interface TestChecks {
  /** SHA-256 of which photographs the faces in pairs are of, hex; undefined where one of them is not known. */
  readonly photographs?: string;
  /** SHA-256 of the pixels of the faces in pairs, hex. */
  readonly facePixels: string;
  readonly seenInTraining: OverlapSummary;
  /** Faces that show the picture of another one: see `refuseDuplicates`. */
  readonly duplicates: Readonly<Record<string, Json>>;
  /** By fault, then by group: see `checkPairs`. */
  readonly pairFaults: Awaited<ReturnType<typeof checkPairs>>;
}

export interface TestToCheck {
  readonly faces: FaceSet;
  /** The stage that made them. */
  readonly stage: string;
  readonly pairs: PairList;
  readonly pairsFolder: string;
  /** Undefined for a model that was not trained here. */
  readonly modelFolder: string | undefined;
  /** See `refuseOverlap`. */
  readonly allowOverlap: number;
  /** See `refuseDuplicates`. */
  readonly allowDuplicates: number;
  /** Gets the list of duplicates. */
  readonly folder: string;
}

/**
 * Checks that the faces are those of the pairs, that the pairs are labelled rightly, and that the model has not learnt from the faces. Errors as
 * `refuseOtherPhotographs`, `refuseOverlap` and `refuseDuplicates` do; all else is warned of.
 */
export async function checkTest(test: TestToCheck, emit: Emit): Promise<TestChecks> {
  const { faces, stage, pairs, pairsFolder, modelFolder, allowOverlap, allowDuplicates: allowed, folder } = test;
  await refuseOtherPhotographs(pairsFolder, pairs, faces.rows());
  const trainedOn = modelFolder === undefined ? undefined : await readTrainedOn(modelFolder);
  const isTested = ({ path }: { readonly path: string }): boolean => pairs.slotOf(path) !== undefined;
  const seenInTraining = await refuseOverlap(faces, isTested, trainedOn, allowOverlap, emit);
  const sets = [{ stage, faces }];
  const { people, photographs, facePixels } = await testedPeople(faces.rows(), isTested);
  const duplicates = await refuseDuplicates(sets, people, { allowed, doing: 'Evaluate', folder }, emit);
  const about = photographs === undefined ? {} : { photographs };
  return { ...about, facePixels, seenInTraining, duplicates, pairFaults: await checkPairs(pairs, faces.rows(), emit) };
}

async function testedPeople(
  faces: AsyncIterable<FaceRow>,
  isTested: (face: FaceRow) => boolean,
): Promise<{ readonly people: PeopledFaces; readonly photographs: string | undefined; readonly facePixels: string }> {
  const numbers = new Map<string, number>();
  const [rows, labels, groups]: [number[], number[], string[]] = [[], [], []];
  const [hash, pixels] = [createHash('sha256'), createHash('sha256')];
  let areKnown = true;
  for await (const face of faces) {
    if (!isTested(face)) continue;
    const person = `${face.domain}/${face.group}/${face.identity}`;
    const label = numbers.get(person) ?? numbers.size;
    if (label === numbers.size) {
      numbers.set(person, label);
      groups.push(face.group);
    }
    hash.update(`${face.path}\t${face.photo ?? ''}\n`);
    pixels.update(`${face.path}\t${face.key}\n`);
    areKnown &&= face.photo !== undefined;
    rows.push(face.row);
    labels.push(label);
  }
  const sets = new Uint32Array(rows.length);
  const people = { sets, rows: Uint32Array.from(rows), labels: Int32Array.from(labels), groups };
  return { people, photographs: areKnown ? hash.digest('hex') : undefined, facePixels: pixels.digest('hex') };
}
