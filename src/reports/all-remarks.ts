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

/** What must be read with the numbers, a sentence each, on a page as in a terminal: who is missing, what is doubtful, who fails. */
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
