import { describe, expect, test } from '@jest/globals';
import { orderSteps, type Need } from '../../src/configuration/order';
import type { Problem } from '../../src/configuration/problem';
import { seededRandom } from '../../src/math/random';

type Graph = Readonly<Record<string, readonly string[]>>;

/** Each need has a span of its own, so that it can be told where a mistake is shown. */
function order(graph: Graph) {
  const problems: Problem[] = [];
  const source = { path: '/a.yaml', text: '' };
  const spans = new Map<number, string>();
  const needs = new Map<string, Need[]>();
  for (const [id, sources] of Object.entries(graph)) {
    const located = sources.map(step => {
      spans.set(spans.size, `${id} needs ${step}`);
      return { step, span: { source, start: spans.size - 1, end: spans.size } };
    });
    needs.set(id, located);
  }
  const steps = orderSteps(needs, problem => void problems.push(problem));
  return { steps, problems, shown: problems.map(({ span }) => spans.get(span.start)) };
}

describe('orderSteps()', () => {
  test('keeps the order of the file where it can run', () => {
    expect(order({ a: [], b: ['a'], c: [], d: ['b', 'c'] }).steps).toEqual(['a', 'b', 'c', 'd']);
  });

  test('puts what is needed first, otherwise as in the file', () => {
    expect(order({ report: ['mix'], draw: [], mix: ['align'], align: ['draw'], other: [] }).steps).toEqual([
      'draw',
      'align',
      'mix',
      'report',
      'other',
    ]);
  });

  test('no steps are no steps', () => {
    expect(order({})).toMatchObject({ steps: [], problems: [] });
  });

  test('random graphs: every step once, needs first, and always the first in the file that is ready', () => {
    const source = seededRandom(5);
    const random = () => source.uniform();
    for (let round = 0; round < 200; round++) {
      const graph = randomGraph(1 + Math.floor(random() * 12), random);
      const { steps, problems } = order(graph);
      expect(problems).toEqual([]);
      expect([...steps].sort()).toEqual(Object.keys(graph).sort());
      const done = new Set<string>();
      for (const step of steps) {
        const ready = Object.keys(graph).filter(id => !done.has(id) && graph[id]!.every(need => done.has(need)));
        expect(step).toBe(ready[0]);
        done.add(step);
      }
    }
  });

  test('a step that needs itself', () => {
    const { steps, problems, shown } = order({ a: [], b: ['a', 'b'], c: ['b'] });
    expect(steps).toEqual(['a']);
    expect(problems).toMatchObject([{ code: 'self-reference' }]);
    expect(shown).toEqual(['b needs b']);
  });

  test('the shortest circle from the first step of the file that is in one, and not what hangs on it', () => {
    const { steps, problems, shown } = order({ top: ['a'], x: [], a: ['b', 'c'], b: ['d'], d: ['a'], c: ['a'] });
    expect(steps).toEqual(['x']);
    expect(problems).toMatchObject([{ code: 'cycle' }]);
    expect(problems[0]!.message).toContain('a -> c -> a');
    expect(shown).toEqual(['a needs c']);
  });

  test('circles that share no step are all reported', () => {
    const { problems } = order({ a: ['b'], b: ['a'], c: ['d', 'a'], d: ['e'], e: ['c'] });
    expect(problems.map(({ message }) => /: ([^;]*);/.exec(message)![1])).toEqual(['a -> b -> a', 'c -> d -> e -> c']);
  });
});

/** Without circles: a step needs only steps of lower rank, but ranks are not in the order of the file. */
function randomGraph(size: number, random: () => number): Graph {
  const ranks = Array.from({ length: size }, (_, i) => ({ id: `s${i}`, rank: random() }));
  return Object.fromEntries(
    ranks.map(({ id, rank }) => [
      id,
      ranks.filter(other => other.rank < rank && random() < 0.3).map(other => other.id),
    ]),
  );
}
