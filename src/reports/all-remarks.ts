import type { ReportedComparison } from './compare';
import { doubts } from './doubts';
import {
  excludedPairs,
  groupRemarks,
  missingGroups,
  missingIntervals,
  otherFaces,
  unrecognisedModels,
} from './remarks';
import { sameModels } from './same-model';
import { otherTeachers, otherTraining, untoldStudents } from './training';

/** Remarks that belong to the numbers, a sentence each, on a page as in a terminal: missing groups, doubts, models that fail. */
export function allRemarks(comparison: ReportedComparison): string[] {
  const { models } = comparison;
  return [
    missingGroups(comparison),
    missingIntervals(comparison),
    excludedPairs(comparison),
    ...groupRemarks(comparison),
    ...otherFaces(comparison),
    ...doubts(models),
    ...sameModels(models),
    ...otherTeachers(models),
    ...otherTraining(models),
    ...untoldStudents(models),
    ...unrecognisedModels(comparison),
  ].filter(sentence => sentence !== undefined);
}
