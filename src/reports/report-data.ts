import type { ReportedComparison, ReportedModel } from './compare';
import type { GroupSummary } from './scores';

/** Everything on the page of a comparison, as JSON. Throws RangeError for a number that JSON would turn into null, and the page into another text. */
export function writeReportData({ models, ...comparison }: ReportedComparison): string {
  return JSON.stringify({ ...comparison, models: models.map(writeModel) }, refuseUnwritable) + '\n';
}

function refuseUnwritable(name: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`Cannot write the data of a report: ${name} is ${value}, want a finite number or null`);
  }
  return value;
}

export function readReportData(text: string): ReportedComparison {
  const { models, best, ...comparison } = JSON.parse(text) as Omit<ReportedComparison, 'models'> & {
    readonly models: readonly WrittenModel[];
  };
  // In a list, JSON knows null only.
  const groups = best.groups.map(place => place ?? undefined);
  return { ...comparison, best: { ...best, groups }, models: models.map(readModel) };
}

type WrittenScores = Omit<GroupSummary, 'genuine' | 'impostor'> & Record<'genuine' | 'impostor', readonly number[]>;
type WrittenModel = Omit<ReportedModel, 'scores'> & { readonly scores: readonly WrittenScores[] };

function writeModel({ scores, ...model }: ReportedModel): WrittenModel {
  const groups = scores.groups.map(({ genuine, impostor, ...rest }) => ({
    ...rest,
    genuine: Array.from(genuine),
    impostor: Array.from(impostor),
  }));
  return { ...model, scores: groups };
}

function readModel({ scores, ...model }: WrittenModel): ReportedModel {
  const groups = scores.map(({ genuine, impostor, ...rest }) => ({
    ...rest,
    genuine: Uint32Array.from(genuine),
    impostor: Uint32Array.from(impostor),
  }));
  return { ...model, scores: { groups } };
}
