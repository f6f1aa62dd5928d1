import { quote } from '../util/quote';
import type { Problem, Report, Span } from './problem';

/** That a step reads what another one makes, and where the file says so. */
export interface Need {
  readonly step: string;
  readonly span: Span;
}

/**
 * Steps in an order in which they can run: always the first in the file of those whose needs are met. Steps that need themselves
 * are reported and left out, and so is what needs them.
 */
export function orderSteps(needs: ReadonlyMap<string, readonly Need[]>, report: Report): string[] {
  const ordered = new Set<string>();
  const waiting = new Set(needs.keys());
  const isReady = (id: string) => needs.get(id)!.every(need => ordered.has(need.step));
  for (;;) {
    const next = [...waiting].find(isReady);
    if (next === undefined) break;
    ordered.add(next);
    waiting.delete(next);
  }
  reportCycles(needs, waiting, report);
  return [...ordered];
}

function reportCycles(needs: ReadonlyMap<string, readonly Need[]>, waiting: Set<string>, report: Report): void {
  for (const start of [...waiting]) {
    const cycle = waiting.has(start) ? shortestCycle(start, needs, waiting) : undefined;
    if (!cycle) continue;
    // What is left shows the cycles that have no step in common with this one.
    for (const { step } of cycle) waiting.delete(step);
    report(cycleProblem(start, cycle));
  }
}

/** The needs that lead from a step back to itself, or undefined; breadth first. */
function shortestCycle(
  start: string,
  needs: ReadonlyMap<string, readonly Need[]>,
  within: ReadonlySet<string>,
): Need[] | undefined {
  const ways: Need[][] = [[]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const need of needs.get(way.at(-1)?.step ?? start) ?? []) {
      if (need.step === start) return [...way, need];
      if (!within.has(need.step) || seen.has(need.step)) continue;
      seen.add(need.step);
      ways.push([...way, need]);
    }
  }
  return undefined;
}

function cycleProblem(start: string, cycle: readonly Need[]): Problem {
  const { span } = cycle[0]!;
  if (cycle.length === 1) {
    return { code: 'self-reference', message: `Stage ${quote(start)} needs itself: connect another stage`, span };
  }
  const chain = [start, ...cycle.map(({ step }) => step)].join(' -> ');
  return {
    code: 'cycle',
    message: `Stages need each other in a circle: ${chain}; remove one of these inputs`,
    span,
    notes: cycle.slice(1).map((need, i) => ({ message: `${cycle[i]!.step} needs ${need.step} here`, span: need.span })),
  };
}
