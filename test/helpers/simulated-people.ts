import { seededRandom } from '../../src/kit/math/random';
import { squaredDistance } from '../../src/evaluation/metrics/distances';
import { tenFoldAccuracy } from '../../src/evaluation/metrics/verification-accuracy';
import type { DecidedGroup } from '../../src/evaluation/uncertainty/uncertainty';

/** How pairs are made of people. */
export interface Design {
  readonly people: number;
  /** Pairs of each kind in each of 10 folds. */
  readonly pairsPerFold: number;
  /** Whether every fold has people of its own, or all are in all folds. */
  readonly apart: boolean;
}

export interface SimulatedModel {
  /** How far genuine scores lie above impostor ones, in standard deviations of a score. */
  readonly separation: number;
  /** Share of a score's variance that goes with the people. */
  readonly share: number;
}

/**
 * Pairs of a group as models score them. A genuine score is a person's plus one of the pair, an impostor score has parts of both
 * people. Models share half of the variance of every part, so that they are right and wrong together, as models are.
 */
export function simulateGroup(
  group: string,
  { people, pairsPerFold, apart }: Design,
  models: readonly SimulatedModel[],
  seed: number,
): { decided: DecidedGroup; accuracies: number[]; foldAccuracies: (number | null)[][] } {
  const random = seededRandom(seed, group);
  const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());
  const kinds = [normals(people), normals(people)];
  const own = models.map(() => [normals(people), normals(people)]);
  const count = 20 * pairsPerFold;
  const [genuine, folds] = [new Uint8Array(count), new Uint8Array(count)];
  const [a, b] = [new Uint32Array(count), new Uint32Array(count)];
  const scores = models.map(() => new Float64Array(count));
  const each = apart ? Math.floor(people / 10) : people;
  for (let i = 0; i < count; i++) {
    folds[i] = Math.floor(i / (2 * pairsPerFold));
    genuine[i] = i % (2 * pairsPerFold) < pairsPerFold ? 1 : 0;
    const anyone = (): number => (apart ? folds[i]! * each : 0) + random.integer(each);
    a[i] = anyone();
    b[i] = a[i]!;
    while (genuine[i] === 0 && b[i] === a[i]) b[i] = anyone();
    const shared = random.normal();
    models.forEach(({ separation, share }, m) => {
      const part = (person: number): number =>
        Math.SQRT1_2 * (kinds[genuine[i]!]![person]! + own[m]![genuine[i]!]![person]!);
      const ofPeople = genuine[i] === 1 ? part(a[i]!) : Math.SQRT1_2 * (part(a[i]!) + part(b[i]!));
      const ofPair = Math.SQRT1_2 * (shared + random.normal());
      const score = Math.sqrt(share) * ofPeople + Math.sqrt(1 - share) * ofPair + genuine[i]! * separation;
      // Any rising function leaves the decisions as they are.
      scores[m]![i] = Math.tanh(score / 4);
    });
  }
  const distances = scores.map(ofModel => ofModel.map(squaredDistance));
  const measured = distances.map(ofModel => tenFoldAccuracy({ distances: ofModel, genuine, folds }));
  const decided = measured.map(({ thresholds }, m) => ({
    distances: distances[m]!,
    right: Uint8Array.from(genuine, (kind, i) => Number(distances[m]![i]! < thresholds[folds[i]!]! === (kind === 1))),
  }));
  return {
    decided: { group, pairs: { genuine, folds, a, b, people }, models: decided },
    accuracies: measured.map(({ accuracy }) => accuracy!),
    foldAccuracies: measured.map(({ foldAccuracies }) => [...foldAccuracies]),
  };
}
