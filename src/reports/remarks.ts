import type { BiasComparison } from './compare';
import { percent } from './numbers';

/** Groups without an accuracy, with the reasons; undefined when all have one. The same for every model: they have the same pairs. */
export function missingGroups({ models, groups }: BiasComparison): string | undefined {
  const { missing } = models[0]!.overall;
  if (missing.length === 0) return undefined;
  const reasons = missing.map(({ group, reason }) => `${group} (${reason})`).join(', ');
  return `Without accuracy: ${reasons}. Mean, STD and SER are over the other ${groups.length - missing.length} of ${groups.length} groups`;
}

/** Pairs of the list that nobody compared, by group; undefined when there are none. */
export function excludedPairs({ models }: BiasComparison): string | undefined {
  const some = models[0]!.groups.filter(({ excludedPairs: count }) => count > 0);
  if (some.length === 0) return undefined;
  const counts = some.map(
    ({ group, excludedPairs: count, listedPairs }) =>
      `${group} ${count} of ${listedPairs} (${percent(count / listedPairs, 1)})`,
  );
  return `Pairs left out because a photograph gave no face: ${counts.join(', ')}`;
}

/** What was noted of groups that do have a number, a sentence each. */
export function groupRemarks({ models }: BiasComparison): string[] {
  return models[0]!.groups.flatMap(({ group, accuracy, remarks = [] }) =>
    accuracy === null ? [] : remarks.map(remark => `Group ${group}: ${remark}`),
  );
}

/** Models that are not shown to do better than chance, a sentence each. */
export function unrecognisedModels({ models }: BiasComparison): string[] {
  return models
    .filter(({ unrecognised }) => unrecognised.length > 0)
    .map(
      ({ label, unrecognised }) =>
        `“${label}” does not recognise in ${unrecognised.join(', ')}: its accuracy there is not shown to lie above chance, so its STD and SER are not compared`,
    );
}

/** Models whose groups differ no more than equal groups would by chance; the chi-square test at 5 %. */
export function unprovenSpreads({ models }: BiasComparison): string[] {
  return models.flatMap(({ label, unrecognised, uncertainty: { homogeneity } }) =>
    homogeneity === undefined || homogeneity.p < 0.05 || unrecognised.length > 0
      ? []
      : [`“${label}” (p = ${homogeneity.p.toFixed(2)})`],
  );
}

/** Faults that the evaluation found in the pairs. */
const PAIR_FAULTS: Readonly<Record<string, string>> = {
  mislabelled: 'that are genuine pairs of two identities, or impostor pairs of one',
  samePictureImpostor: 'that are impostor pairs of one picture',
  samePictureGenuine: 'that are genuine pairs of one picture, which every model gets right',
  contradicting: 'of the same pictures as a pair of the other kind',
  repeated: 'of the same pictures as another pair, which count more than once',
};

/** Pairs and faces that the numbers rest on although they look wrong, a sentence each. The same for every model. */
export function doubtfulPairs({ models }: BiasComparison): string[] {
  const { pairFaults = {}, duplicates } = models.find(one => one.pairFaults !== undefined) ?? models[0]!;
  const sentences = Object.entries(pairFaults).map(([fault, counts]) => {
    const byGroup = Object.entries(counts).map(([group, count]) => `${group} ${count}`);
    return `Pairs ${PAIR_FAULTS[fault] ?? fault}: ${byGroup.join(', ')}`;
  });
  const shared = duplicates?.ofOtherIdentity ?? 0;
  return shared === 0 ? sentences : [...sentences, `Faces that show the picture of another identity: ${shared}`];
}

/** What the evaluation found in a sample of a model's embeddings. */
const MODEL_FINDINGS: Readonly<Record<string, string>> = {
  'constant-embeddings': 'gives all faces of a sample one embedding',
  'collapsed-embeddings': 'makes different people of a sample alike',
  'class-scores': 'gives probabilities of classes and no embeddings',
  'better-preprocessing': 'tells people apart better with another order of colours or range of pixels',
  'odd-preprocessing': 'sees pixels in a way that is unlikely to be right',
};

/** Models whose embeddings looked wrong in a sample, a sentence each; the log of the evaluation says more. */
export function doubtfulModels({ models }: BiasComparison): string[] {
  return models.flatMap(({ label, model }) =>
    [...new Set(model.sample?.findings ?? [])].map(
      code => `“${label}” ${MODEL_FINDINGS[code] ?? code}: see the log of its evaluation`,
    ),
  );
}

/**
 * Models that were shown other faces than an earlier one of the same size: the photographs are the same, for else they are not compared.
 * A sentence each.
 */
export function otherFaces({ models }: Pick<BiasComparison, 'models'>): string[] {
  return models.flatMap(({ label, facePixels, model: { preprocessing } }, i) => {
    const other = models
      .slice(0, i)
      .find(one => one.facePixels !== facePixels && one.model.preprocessing?.size === preprocessing?.size);
    if (facePixels === undefined || other?.facePixels === undefined) return [];
    return [
      `“${label}” and “${other.label}” were shown differently aligned faces of the same photographs: what differs is not the models alone`,
    ];
  });
}
