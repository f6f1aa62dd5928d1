import { quote } from '../../../kit/text/quote';
import { firstInFirst } from './ready-queue';
import { strongComponents } from './strong-components';
import type { Problem, ReportProblem, Span } from '../read/problem';

/** That a step reads what another one makes, and where the file says so. */
export interface Need {
  readonly step: string;
  readonly span: Span;
}

export type Needs = ReadonlyMap<string, readonly Need[]>;

/**
 * Steps in an order in which they can run: always the first in the file of those whose needs are met. Steps that need themselves
 * are reported and left out, and so is what needs them.
 */
export function orderSteps(needs: Needs, report: ReportProblem): string[] {
  const ids = [...needs.keys()];
  const ranks = new Map(ids.map((id, rank) => [id, rank]));
  const dependents = new Map<string, string[]>(ids.map(id => [id, []]));
  const missing = new Map<string, number>();
  for (const [id, list] of needs) {
    const sources = new Set(list.map(({ step }) => step));
    missing.set(id, sources.size);
    for (const source of sources) dependents.get(source)!.push(id);
  }
  const ready = firstInFirst(ids.flatMap((id, rank) => (missing.get(id) === 0 ? [rank] : [])));
  const ordered: string[] = [];
  for (let rank = ready.take(); rank !== undefined; rank = ready.take()) {
    const id = ids[rank]!;
    ordered.push(id);
    for (const dependent of dependents.get(id)!) {
      const left = missing.get(dependent)! - 1;
      missing.set(dependent, left);
      if (left === 0) ready.add(ranks.get(dependent)!);
    }
  }
  if (ordered.length < ids.length) reportCycles(needs, new Set(ordered), report);
  return ordered;
}

/** One circle for every group of steps that all need each other: the shortest through the first of them in the file. */
function reportCycles(needs: Needs, ordered: ReadonlySet<string>, report: ReportProblem): void {
  const waiting = [...needs.keys()].filter(id => !ordered.has(id));
  const edges = new Map(
    waiting.map(id => [
      id,
      needs
        .get(id)!
        .map(need => need.step)
        .filter(step => !ordered.has(step)),
    ]),
  );
  const components = strongComponents(edges);
  for (const start of waiting) {
    const component = components.get(start)!;
    if (component[0] !== start) continue;
    const cycle = shortestCycle(start, needs, new Set(component));
    if (cycle) report(cycleProblem(start, cycle));
  }
}

/** The needs that lead from a step back to itself, or undefined; breadth first. */
function shortestCycle(start: string, needs: Needs, within: ReadonlySet<string>): Need[] | undefined {
  /** By step, the need that led to it and the step that has the need. */
  const cameBy = new Map<string, { need: Need; from: string }>();
  const queue = [start];
  for (const from of queue) {
    for (const need of needs.get(from)!) {
      if (need.step === start) return wayTo(from, start, cameBy).concat(need);
      if (!within.has(need.step) || cameBy.has(need.step)) continue;
      cameBy.set(need.step, { need, from });
      queue.push(need.step);
    }
  }
  return undefined;
}

function wayTo(end: string, start: string, cameBy: ReadonlyMap<string, { need: Need; from: string }>): Need[] {
  const way: Need[] = [];
  for (let step = end; step !== start; step = cameBy.get(step)!.from) way.push(cameBy.get(step)!.need);
  return way.reverse();
}

/** Steps of a circle that are named; one of thousands is not read to its end. */
const MAX_NAMED = 20;

function cycleProblem(start: string, cycle: readonly Need[]): Problem {
  const { span } = cycle[0]!;
  if (cycle.length === 1) {
    return { code: 'self-reference', message: `Stage ${quote(start)} needs itself: connect another stage`, span };
  }
  const names = [start, ...cycle.map(({ step }) => step)];
  const hidden = names.length - MAX_NAMED;
  const shown = hidden > 1 ? [...names.slice(0, MAX_NAMED - 1), `… (${hidden} more)`, names.at(-1)] : names;
  return {
    code: 'cycle',
    message: `Stages need each other in a circle: ${shown.join(' -> ')}; remove one of these inputs`,
    span,
    notes: cycle
      .slice(1, MAX_NAMED)
      .map((need, i) => ({ message: `${cycle[i]!.step} needs ${need.step} here`, span: need.span })),
  };
}
