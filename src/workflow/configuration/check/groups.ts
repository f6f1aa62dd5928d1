import type { AnyStage } from '../../../stage';
import { alternatives, quote } from '../../../kit/text/quote';
import { nearby } from '../read/nearby';
import { interpolateMap } from '../compose/interpolate';
import { MAX_STEPS } from '../read/limits';
import { emptyMap, type LocatedMap } from '../read/located';
import { likeOf, matrixSize, readMatrix, type Cell } from './matrix';
import type { Module } from '../compose/modules';
import { LONGEST_CELL_NAME, LONGEST_STEP_ID } from '../read/names';
import type { Problem, ReportProblem } from '../read/problem';
import { badName, type Word } from '../read/shape';
import { unknownStepKey, type StepSpec } from '../compose/step-spec';

/** A stage entry with what it uses and what it expands to. */
export interface StageGroup {
  /** With the prefix of an import before it. */
  readonly id: string;
  readonly spec: StepSpec;
  readonly module: Module;
  /** Undefined when it is not known (reported). */
  readonly stage: AnyStage | undefined;
  /** One without a name when there is no matrix; none when something is wrong with the matrix (reported). */
  readonly cells: readonly Cell[];
  /** Keys of the matrix. */
  readonly axes: readonly string[];
}

export type Groups = ReadonlyMap<string, StageGroup>;

/** Id of the step that a cell becomes. */
export function stepId(group: Pick<StageGroup, 'id'>, cell: Cell): string {
  return cell.name === '' ? group.id : `${group.id}@${cell.name}`;
}

/** Every stage entry of a pipeline and its imports by id; imports come first. None when there would be too many steps (reported). */
export function readGroups(main: Module, stages: Readonly<Record<string, AnyStage>>, report: ReportProblem): Groups {
  const entries = flatten(main).map(entry => ({ ...entry, matrix: ownMatrix(entry) }));
  const byId = new Map(entries.map(entry => [entry.id, entry]));
  const owners: Owners = new Map();
  for (const entry of entries) findOwner(entry, byId, owners, report);
  const sizes = entries.map(entry => matrixSize(owners.get(entry)?.matrix));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > MAX_STEPS) {
    const message = `A pipeline has at most ${MAX_STEPS} steps: its stages and the cells of their matrices are ${total}`;
    report({ code: 'too-many-stages', message, span: main.spec.span });
    return new Map();
  }
  const cells = new Map<Entry, Cell[]>();
  for (const owner of new Set(owners.values())) if (owner) cells.set(owner, cellsOf(owner, report));
  return new Map(
    entries.map(entry => {
      const stage = knownStage(entry.spec, stages, report);
      const own = cells.get(owners.get(entry) ?? entry) ?? [];
      const axes = [...(own[0]?.values.entries.keys() ?? [])];
      return [entry.id, { ...entry, stage, cells: own, axes }];
    }),
  );
}

interface Entry {
  readonly id: string;
  readonly spec: StepSpec;
  readonly module: Module;
  /** With parameters inserted. */
  readonly matrix: LocatedMap | undefined;
}

function flatten(module: Module): Omit<Entry, 'matrix'>[] {
  const own = module.spec.steps.map(spec => ({ id: module.prefix + spec.id, spec, module }));
  return [...module.imports.flatMap(flatten), ...own];
}

function ownMatrix({ spec, module, id }: Omit<Entry, 'matrix'>): LocatedMap | undefined {
  // Room for the name of a cell, which a resolved file has in its ids already.
  const longest = LONGEST_STEP_ID - (module.spec.resolved ? 0 : LONGEST_CELL_NAME + 1);
  if (id.length > longest) {
    const rule = `at most ${longest} characters, prefixes of imports included`;
    module.scope.report(badName('stage id', id, rule, spec.span));
  }
  return spec.matrix && interpolateMap(spec.matrix, module.scope);
}

/** By entry, the one whose matrix lists its cells: itself, or the one that `like` leads to; undefined when that leads nowhere (reported). */
type Owners = Map<Entry, Entry | undefined>;

function findOwner(entry: Entry, byId: ReadonlyMap<string, Entry>, owners: Owners, report: ReportProblem): void {
  const trail = new Set<Entry>();
  let current = entry;
  while (!owners.has(current)) {
    trail.add(current);
    const like = current.matrix && likeOf(current.matrix, current.id, report);
    if (!like) {
      owners.set(current, current);
      break;
    }
    const next = like.name === '' ? undefined : byId.get(current.module.prefix + like.name);
    const problem = next ? likeProblem(like, next, trail) : unknownLike(like, current, byId);
    if (problem && like.name !== '') report(problem);
    if (problem || !next) {
      owners.set(current, undefined);
      break;
    }
    current = next;
  }
  for (const member of trail) owners.set(member, owners.get(current));
}

function likeProblem({ name, span }: Word, next: Entry, seen: ReadonlySet<Entry>): Problem | undefined {
  if (seen.has(next)) {
    const message = `Cannot take the cells of ${quote(name)}: its "like" leads back here; give one of them a matrix of its own`;
    return { code: 'bad-matrix', message, span };
  }
  if (next.matrix) return undefined;
  return { code: 'bad-matrix', message: `Cannot take the cells of ${quote(name)}: it has no matrix`, span };
}

function unknownLike({ name, span }: Word, { module, id }: Entry, byId: ReadonlyMap<string, Entry>): Problem {
  const ids = [...byId.keys()].filter(other => other.startsWith(module.prefix) && other !== id);
  const local = ids.map(other => other.slice(module.prefix.length));
  const message = `Cannot take the cells of ${quote(name)}: no such stage, the file has ${alternatives(local, 'and')}${nearby(name, local)}`;
  return { code: 'unknown-step', message, span };
}

function cellsOf({ matrix, spec }: Entry, report: ReportProblem): Cell[] {
  return matrix ? readMatrix(matrix, spec.id, report) : [{ name: '', values: emptyMap(spec.span) }];
}

function knownStage(
  spec: StepSpec,
  stages: Readonly<Record<string, AnyStage>>,
  report: ReportProblem,
): AnyStage | undefined {
  const stage = spec.uses && Object.hasOwn(stages, spec.uses.name) ? stages[spec.uses.name] : undefined;
  if (spec.uses && !stage) {
    const { name, span } = spec.uses;
    const names = Object.keys(stages);
    const message = `Unknown stage ${quote(name)}: use ${alternatives(names)}${nearby(name, names)}`;
    report({ code: 'unknown-stage', message, span });
  }
  for (const other of spec.others) report(otherKey(other, spec.id, stage));
  return stage;
}

/** Options and inputs that were written one level too high are the likely mistake. */
function otherKey(other: Word, id: string, stage: AnyStage | undefined): Problem {
  const problem = unknownStepKey(other, id);
  const block = (
    [
      ['with', stage?.options.properties],
      ['in', stage?.inputs],
    ] as const
  ).find(([, names]) => names && Object.hasOwn(names, other.name))?.[0];
  if (!block || !stage) return problem;
  const kind = block === 'with' ? 'an option' : 'an input';
  return {
    ...problem,
    message: `Unknown key ${quote(other.name)} in stage ${quote(id)}: it is ${kind} of ${stage.name}, put it under "${block}"`,
  };
}
