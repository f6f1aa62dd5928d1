import type { CheckedPipeline, CheckedStep } from '../configuration/checked-pipeline';
import { EXIT, UserError } from '../../errors';
import { suggestion } from '../../kit/text/quote';

/** The steps of a pipeline that a command names. Names are ids of steps, or of a stage with a matrix for all its cells. */
export interface Selection {
  /** These and the steps they depend on. */
  readonly targets: readonly string[];
  /** These alone; their inputs must exist. */
  readonly only: readonly string[];
  /** These and all steps that depend on them, with the dependencies of those. */
  readonly from: readonly string[];
  /** Nothing after these. */
  readonly until: readonly string[];
  /** These are executed even if their results exist. */
  readonly force: readonly string[] | 'all';
}

export const EVERYTHING: Selection = { targets: [], only: [], from: [], until: [], force: [] };

export interface Selected {
  /** Dependencies first. */
  readonly steps: readonly CheckedStep[];
  /** Ids of steps that are looked up because others need them, and must not be executed. */
  readonly mustBeThere: ReadonlySet<string>;
  /** Ids of steps that are executed even if their results exist. */
  readonly forced: ReadonlySet<string>;
}

/** Ids of the steps that a step reads from, each once. */
export function needsOf(step: CheckedStep): string[] {
  return [...new Set(Object.values(step.inputs).flatMap(outputs => outputs.map(output => output.step)))];
}

/**
 * The steps that a selection asks for and what they need. Throws UserError `unknown-stage` with the nearest name, and `bad-selection` for conditions
 * that exclude each other, for a run of nothing, and for a forced stage that would not be executed.
 */
export function selectSteps(pipeline: CheckedPipeline, selection: Selection): Selected {
  const { steps, mustBeThere } = chosenSteps(pipeline, selection);
  if (steps.length === 0) throw badSelection('no stage matches all of the named stages, --from and --until');
  const made = idsOf(steps.filter(({ id }) => !mustBeThere.has(id)));
  if (selection.force === 'all') return { steps, mustBeThere, forced: made };
  const forced = selection.force.flatMap(name => {
    const ids = stepsNamed(pipeline, name).filter(id => made.has(id));
    if (ids.length > 0) return ids;
    throw badSelection(
      `--force names "${name}", which is not among the stages of this run: add it, or leave out --force ${name}`,
    );
  });
  return { steps, mustBeThere, forced: new Set(forced) };
}

/** Ids that a name stands for: one step, or the cells of a matrix. Throws UserError `unknown-stage` when there are none. */
export function stepsNamed(pipeline: CheckedPipeline, name: string): string[] {
  const ids = pipeline.steps.map(step => step.id);
  const found = ids.filter(id => id === name || id.startsWith(`${name}@`));
  if (found.length > 0) return found;
  const names = [...new Set(ids.flatMap(id => [id, id.split('@')[0]!]))];
  const hint = suggestion(name, names);
  const list = names.length > 30 ? `${names.slice(0, 30).join(', ')} and ${names.length - 30} more` : names.join(', ');
  throw new UserError(`Pipeline "${pipeline.name}" has no stage "${name}"${hint}; it has ${list}`, {
    code: 'unknown-stage',
    exit: EXIT.usage,
  });
}

function chosenSteps(pipeline: CheckedPipeline, { targets, only, from, until }: Selection): Omit<Selected, 'forced'> {
  const { steps } = pipeline;
  if (only.length > 0) {
    if (from.length + until.length > 0) throw badSelection('--only names all stages: leave out --from and --until');
    const chosen = new Set(only.flatMap(name => stepsNamed(pipeline, name)));
    const all = withNeeds(steps, chosen);
    return { steps: all, mustBeThere: new Set(all.map(({ id }) => id).filter(id => !chosen.has(id))) };
  }
  const named = (names: readonly string[]): Set<string> => new Set(names.flatMap(name => stepsNamed(pipeline, name)));
  const [asked, last, first] = [named(targets), named(until), named(from)];
  const ends = [asked, last].filter(set => set.size > 0).map(set => idsOf(withNeeds(steps, set)));
  const after = first.size > 0 ? [withReaders(steps, first)] : [];
  // Each condition narrows the selection; the dependencies of the rest are added later.
  const wanted = [...ends, ...after].reduce<Set<string>>(
    (left, set) => new Set([...left].filter(id => set.has(id))),
    idsOf(steps),
  );
  return { steps: withNeeds(steps, wanted), mustBeThere: new Set() };
}

function badSelection(why: string): UserError {
  return new UserError(`Cannot choose stages: ${why}`, { code: 'bad-selection', exit: EXIT.usage });
}

/** Dependencies come first, so one pass from the end finds them all. */
function withNeeds(steps: readonly CheckedStep[], chosen: ReadonlySet<string>): CheckedStep[] {
  const wanted = new Set(chosen);
  for (const step of [...steps].reverse()) {
    if (wanted.has(step.id)) for (const need of needsOf(step)) wanted.add(need);
  }
  return steps.filter(step => wanted.has(step.id));
}

function withReaders(steps: readonly CheckedStep[], chosen: ReadonlySet<string>): Set<string> {
  const wanted = new Set(chosen);
  for (const step of steps) if (needsOf(step).some(need => wanted.has(need))) wanted.add(step.id);
  return wanted;
}

function idsOf(steps: readonly CheckedStep[]): Set<string> {
  return new Set(steps.map(({ id }) => id));
}
