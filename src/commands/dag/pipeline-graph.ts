import type { CheckedPipeline, CheckedStep } from '../../workflow/configuration/checked-pipeline';
import type { PlannedStep, PlanState } from '../../workflow/plan/planned-step';
import { groupCells, type CellGroup } from '../shared/matrix-groups';
import { countStates } from '../shared/plan-states';
import type { Graph, GraphEdge, GraphNode, Tone } from '../../pictures/graphs/graph';

export interface PipelineGraphOptions {
  /** Every cell of a matrix by itself. */
  readonly cells?: boolean;
  /** Address of what a stage has made, if it has. */
  readonly linkOf?: (stage: string) => string | undefined;
}

const TONES: Readonly<Record<PlanState, Tone>> = {
  hit: 'done',
  partial: 'partial',
  miss: 'todo',
  forced: 'todo',
  pending: 'waiting',
};

/** The stages of a pipeline as a graph; the cells of a matrix are one node unless `cells` is set. */
export function pipelineGraph(
  pipeline: CheckedPipeline,
  states: ReadonlyMap<string, PlannedStep>,
  { cells = false, linkOf = () => undefined }: PipelineGraphOptions = {},
): Graph {
  const single = pipeline.steps.map(step => ({ name: step.id, items: [step] }));
  const grouped = cells ? undefined : inOrder(groupCells(pipeline.steps, step => step.id));
  // Cells that read cells of the same matrix by way of another stage make a circle of groups.
  const groups = grouped ?? single;
  const homes = homesOf(groups);
  return { title: pipeline.name, nodes: groups.map(group => nodeOf(group, homes, states, linkOf)) };
}

function nodeOf(
  { name, items }: CellGroup<CheckedStep>,
  homes: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, PlannedStep>,
  linkOf: (stage: string) => string | undefined,
): GraphNode {
  const planned = items.flatMap(({ id }) => states.get(id) ?? []);
  const counts = countStates(planned);
  const link = items.length === 1 ? linkOf(items[0]!.id) : undefined;
  return {
    id: name,
    name: items.length === 1 ? name : `${name} ×${items.length}`,
    lines: [items[0]!.stage.name],
    word: items.length === 1 ? (counts[0]?.[0] ?? '') : counts.map(([state, count]) => `${count} ${state}`).join(', '),
    tone: toneOf(counts.map(([state]) => state)),
    remark: items.length === 1 ? (planned[0]?.because[0]?.text ?? '') : '',
    ...(link !== undefined && { link }),
    needs: edgesOf({ name, items }, homes),
  };
}

function toneOf(states: readonly PlanState[]): Tone {
  if (states.length === 0) return 'plain';
  return states.length === 1 ? TONES[states[0]!] : 'partial';
}

function edgesOf({ name, items }: CellGroup<CheckedStep>, homes: ReadonlyMap<string, string>): GraphEdge[] {
  const ports = new Map<string, Set<string>>();
  for (const [port, outputs] of items.flatMap(({ inputs }) => Object.entries(inputs))) {
    for (const { step } of outputs) {
      const home = homes.get(step);
      if (home === undefined || home === name) continue;
      ports.set(home, (ports.get(home) ?? new Set()).add(port));
    }
  }
  return [...ports].map(([id, names]) => ({ id, label: [...names].join(', ') }));
}

/** The groups with what each needs before it, or undefined when there is no such order. */
function inOrder(groups: readonly CellGroup<CheckedStep>[]): CellGroup<CheckedStep>[] | undefined {
  const homes = homesOf(groups);
  const byName = new Map(groups.map(group => [group.name, group]));
  const state = new Map<string, 'open' | 'done'>();
  const ordered: CellGroup<CheckedStep>[] = [];
  const visit = (group: CellGroup<CheckedStep>): boolean => {
    const seen = state.get(group.name);
    if (seen !== undefined) return seen === 'done';
    state.set(group.name, 'open');
    if (!edgesOf(group, homes).every(({ id }) => visit(byName.get(id)!))) return false;
    state.set(group.name, 'done');
    ordered.push(group);
    return true;
  };
  return groups.every(visit) ? ordered : undefined;
}

function homesOf(groups: readonly CellGroup<CheckedStep>[]): ReadonlyMap<string, string> {
  return new Map(groups.flatMap(({ name, items }) => items.map(({ id }) => [id, name])));
}
