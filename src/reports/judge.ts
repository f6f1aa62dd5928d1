import { squaredDistance } from '../evaluation/metrics/distances';
import type { PairsOfPeople } from '../evaluation/uncertainty/identity-influence';
import {
  uncertaintyOf,
  type DecidedGroup,
  type ModelUncertainty,
  type Uncertainty,
} from '../evaluation/uncertainty/uncertainty';
import type { ComparedModel } from './compared-model';
import { badEvaluation } from '../data/evaluation';

/** A model with the conclusions that its pairs allow. */
export interface JudgedModel extends ComparedModel {
  readonly uncertainty: ModelUncertainty;
  /**
   * Groups whose accuracy is not shown to be above chance. A spread that is cut off at chance is too small, so
   * that of a model with such groups is not compared.
   */
  readonly unrecognised: readonly string[];
}

/** How sure the numbers of models on the same pairs are, and which of the models recognise. */
export function judgeModels(models: readonly ComparedModel[]): { models: JudgedModel[]; uncertainty: Uncertainty } {
  const groups = models[0]!.groups.filter(({ accuracy }) => accuracy !== null).map(({ group }) => group);
  const decided = groups.map(group => decide(group, models));
  const uncertainty = uncertaintyOf(
    decided,
    models.map(({ overall }) => overall),
  );
  return {
    uncertainty,
    models: models.map((model, m) => {
      const own = uncertainty.models[m]!;
      // Null, for too few people, is no verdict.
      const unrecognised = own.groups.filter(({ recognises }) => recognises === false).map(({ group }) => group);
      return { ...model, unrecognised, uncertainty: unrecognised.length > 0 ? withoutSpreads(own) : own };
    }),
  };
}

/** An interval around a spread that is cut off at chance would look like proof of fairness. */
function withoutSpreads(own: ModelUncertainty): ModelUncertainty {
  return { ...own, stdDdof0: null, stdDdof1: null, ser: null };
}

/** The pairs of the folds that count, with the decisions at the thresholds of the evaluation. */
function decide(group: string, models: readonly ComparedModel[]): DecidedGroup {
  const { folds, genuine, a, b } = models[0]!.scores.pairs.get(group)!;
  const { thresholds } = evaluationOf(group, models[0]!);
  const counted = Uint32Array.from([...folds.keys()].filter(pair => thresholds[folds[pair]!] !== null));
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(counted, pair => values[pair]!);
  const pairs = { genuine: pick(genuine), folds: pick(folds), ...numbered(pick(a), pick(b)) };
  return {
    group,
    pairs,
    models: models.map(model => {
      const own = evaluationOf(group, model);
      const distances = pick(model.scores.pairs.get(group)!.scores).map(squaredDistance);
      const right = Uint8Array.from(distances, (distance, i) =>
        Number(distance < own.thresholds[pairs.folds[i]!]! === (pairs.genuine[i] === 1)),
      );
      refuseOthers(model, group, own, pairs.folds, right);
      return { distances, right };
    }),
  };
}

/** Who is in these pairs, from 0 without gaps: people of folds that do not count make nothing surer. */
function numbered(a: Float64Array, b: Float64Array): Pick<PairsOfPeople, 'a' | 'b' | 'people'> {
  const places = new Map<number, number>();
  const placeOf = (person: number): number => {
    const place = places.get(person) ?? places.size;
    places.set(person, place);
    return place;
  };
  // One by one in the order of the pairs, as they were numbered before.
  const [first, second] = [new Float64Array(a.length), new Float64Array(a.length)];
  for (let i = 0; i < a.length; i++) [first[i], second[i]] = [placeOf(a[i]!), placeOf(b[i]!)];
  return { a: first, b: second, people: places.size };
}

function evaluationOf(group: string, { groups }: ComparedModel) {
  return groups.find(one => one.group === group)!;
}

/** Statements about an accuracy must be about the pairs that gave it. */
function refuseOthers(
  { stage }: ComparedModel,
  group: string,
  { foldAccuracies }: { readonly foldAccuracies: readonly (number | null)[] },
  folds: Float64Array,
  right: Uint8Array,
): void {
  foldAccuracies.forEach((accuracy, fold) => {
    if (accuracy === null) return;
    const own = right.filter((_, i) => folds[i] === fold);
    const found = (100 * own.reduce((sum, one) => sum + one, 0)) / own.length;
    if (Math.abs(found - accuracy) < 1e-6) return;
    throw badEvaluation(
      stage,
      `the scores of group "${group}" give fold ${fold} an accuracy of ${found}, evaluation.json says ${accuracy}`,
    );
  });
}
