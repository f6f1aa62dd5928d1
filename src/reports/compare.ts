import { UserError } from '../errors';
import { quote } from '../kit/text/quote';
import { findBest, type Best } from './best';
import type { ComparedModel } from './compared-model';
import { differBy, type ModelDifference } from './difference';
import type { Evaluation, Role } from '../data/evaluation';
import { judgeModels, type JudgedModel } from './judge';
import type { ScoreSummary } from './scores';

/** A model without its pairs: a page about it does not grow with them. */
export type ReportedModel = Omit<JudgedModel, 'scores'> & { readonly scores: Pick<ScoreSummary, 'groups'> };

/** What a page is made of. */
export type ReportedComparison = Omit<BiasComparison, 'models'> & { readonly models: readonly ReportedModel[] };

/** Everything that a report says. Models are in the order of the tables: distilled, plain, other, teacher. */
export interface BiasComparison {
  readonly title: string;
  readonly notes: string;
  readonly groups: readonly string[];
  readonly models: readonly JudgedModel[];
  readonly best: Best;
  /** Every distilled student minus every plain one. */
  readonly effects: readonly ModelDifference[];
  /** Every student (distilled or plain) minus every teacher. */
  readonly gaps: readonly ModelDifference[];
}

/**
 * Compares evaluations of several models on the same pairs. Errors with `label-not-unique` when two have one label, and with
 * `different-pairs` when their groups or their pairs differ: differences of accuracy would then be differences of pairs.
 */
export function compareModels(
  models: readonly ComparedModel[],
  { title, notes }: { readonly title: string; readonly notes: string },
): BiasComparison {
  checkLabels(models);
  for (const model of models.slice(1)) checkSamePairs(models[0]!, model);
  const inOrder = ROLES.flatMap(role => models.filter(model => model.role === role));
  const { models: sorted, uncertainty } = judgeModels(inOrder);
  const differ = differBy(sorted, uncertainty);
  const having = (...roles: Role[]): JudgedModel[] => sorted.filter(({ role }) => roles.includes(role));
  return {
    title,
    notes,
    groups: models[0]!.groups.map(({ group }) => group),
    models: sorted,
    best: findBest(sorted, differ),
    effects: having('distilled').flatMap(first => having('plain').map(second => differ(first, second))),
    gaps: having('distilled', 'plain').flatMap(first => having('teacher').map(second => differ(first, second))),
  };
}

const ROLES: readonly Role[] = ['distilled', 'plain', 'other', 'teacher'];

function checkLabels(models: readonly ComparedModel[]): void {
  const stages = new Map<string, string>();
  for (const { label, stage } of models) {
    const other = stages.get(label);
    if (other !== undefined) {
      throw new UserError(
        `Cannot compare evaluations: stages "${other}" and "${stage}" both have the label ${quote(label)}; give each its own option \`label\``,
        { code: 'label-not-unique' },
      );
    }
    stages.set(label, stage);
  }
}

function checkSamePairs(first: ComparedModel, other: ComparedModel): void {
  const refuse = (what: string, a: string, b: string): never => {
    throw new UserError(
      `Cannot compare evaluations: ${what}: stage "${first.stage}" has ${a}, stage "${other.stage}" has ${b}; evaluate both on the same faces and pairs`,
      { code: 'different-pairs' },
    );
  };
  const names = ({ groups }: Evaluation): string => groups.map(({ group }) => group).join(', ');
  if (names(first) !== names(other)) refuse('the groups differ', names(first), names(other));
  first.groups.forEach((own, i) => {
    const counts = ({ genuine, impostor }: Evaluation['groups'][number]): string =>
      `${genuine} genuine and ${impostor} impostor pairs`;
    const theirs = other.groups[i]!;
    if (counts(own) !== counts(theirs)) refuse(`group "${own.group}" differs`, counts(own), counts(theirs));
  });
  const [a, b] = [first.scores.pairsDigest, other.scores.pairsDigest];
  if (a !== b) refuse('the pairs differ', `the list ${a.slice(0, 12)}`, `the list ${b.slice(0, 12)}`);
  // Data sets of one layout have equal paths.
  const [mine, theirs] = [first.photographs, other.photographs];
  if (mine !== undefined && theirs !== undefined && mine !== theirs)
    refuse('the photographs differ', `those of digest ${mine.slice(0, 12)}`, `those of digest ${theirs.slice(0, 12)}`);
}
