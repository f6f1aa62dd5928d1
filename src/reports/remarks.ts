import type { ReportedComparison } from './compare';
import { fixedPercent } from './numbers';

/** Groups without an accuracy, with the reasons; undefined when all have one. The same for every model: they have the same pairs. */
export function missingGroups({ models, groups }: ReportedComparison): string | undefined {
  const { missing } = models[0]!.overall;
  if (missing.length === 0) return undefined;
  const reasons = missing.map(({ group, reason }) => `${group} (${reason})`).join(', ');
  return `Without accuracy: ${reasons}. Mean, STD and SER are over the other ${groups.length - missing.length} of ${groups.length} groups`;
}

/** Groups with an accuracy and no interval, with the reasons; undefined when all have one. The same for every model, as above. */
export function missingIntervals({ models }: ReportedComparison): string | undefined {
  const without = models[0]!.uncertainty.groups.filter(({ interval }) => interval === null);
  if (without.length === 0) return undefined;
  const reasons = without.map(({ group, reason }) => `group ${group} (${reason!})`).join(', ');
  return `No interval for ${reasons}, nor for the numbers over all groups`;
}

/** Pairs of the list that were not compared, by group; undefined when there are none. */
export function excludedPairs({ models }: ReportedComparison): string | undefined {
  // Of a group without a number, the reason says more.
  const some = models[0]!.groups.filter(({ accuracy, excludedPairs: count }) => accuracy !== null && count > 0);
  if (some.length === 0) return undefined;
  const counts = some.map(
    ({ group, excludedPairs: count, listedPairs }) =>
      `${group} ${count} of ${listedPairs} (${fixedPercent(count / listedPairs, 1)})`,
  );
  return `Pairs left out because a photograph gave no face: ${counts.join(', ')}`;
}

/** Remarks on groups that do have a number, a sentence each. */
export function groupRemarks({ models }: ReportedComparison): string[] {
  return models[0]!.groups.flatMap(({ group, accuracy, remarks = [] }) =>
    accuracy === null ? [] : remarks.map(remark => `Group ${group}: ${remark}`),
  );
}

/** Models that are not shown to do better than chance, a sentence each. */
export function unrecognisedModels({ models }: ReportedComparison): string[] {
  return models
    .filter(({ unrecognised }) => unrecognised.length > 0)
    .map(
      ({ label, unrecognised }) =>
        `“${label}” is not shown to be better than chance in ${unrecognised.join(', ')}, so its STD and SER are not compared`,
    );
}

/** Models whose groups differ no more than equal groups would by chance; the chi-square test at 5 %. */
export function unprovenSpreads({ models }: ReportedComparison): string[] {
  return models.flatMap(({ label, unrecognised, uncertainty: { homogeneity } }) =>
    homogeneity === undefined || homogeneity.p < 0.05 || unrecognised.length > 0
      ? []
      : [`“${label}” (p = ${homogeneity.p.toFixed(2)})`],
  );
}

/**
 * Models that were shown other faces than an earlier one of the same size: the photographs are the same, for else they are not compared.
 * A sentence each.
 */
export function otherFaces({ models }: Pick<ReportedComparison, 'models'>): string[] {
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
