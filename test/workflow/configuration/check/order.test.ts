import { describe, expect, test } from '@jest/globals';
import { orderSteps, type Need } from '../../../../src/workflow/configuration/check/order';
import type { Problem } from '../../../../src/workflow/configuration/read/problem';
import { strongComponents } from '../../../../src/workflow/configuration/check/strong-components';
import { seededRandom } from '../../../../src/kit/math/random';

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

describe('strongComponents()', () => {
  test('random graphs: what leads to each other, as found by walking every way', () => {
    const source = seededRandom(7);
    for (let round = 0; round < 200; round++) {
      const ids = Array.from({ length: 1 + Math.floor(source.uniform() * 9) }, (_, i) => `s${i}`);
      const edges = new Map(ids.map(id => [id, ids.filter(() => source.uniform() < 0.2)]));
      const reached = new Map(ids.map(id => [id, reach(id, edges)]));
      const wanted = ids.map(id => [
        id,
        ids.filter(other => reached.get(id)!.has(other) && reached.get(other)!.has(id)),
      ]);
      expect([...strongComponents(edges)]).toEqual(wanted);
    }
  });

  test('a chain as long as a file, which recursion could not follow', () => {
    const ids = Array.from({ length: 50_000 }, (_, i) => `s${i}`);
    const chain = new Map(ids.map((id, i) => [id, i === 0 ? [] : [ids[i - 1]!]]));
    expect(strongComponents(chain).get('s49999')).toEqual(['s49999']);
    expect(strongComponents(new Map(chain).set('s0', ['s49999'])).get('s7')).toHaveLength(50_000);
  });
});

/** Nodes that a walk from a node comes to, itself included. */
function reach(start: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set([start]);
  for (const node of seen) for (const target of edges.get(node)!) seen.add(target);
  return seen;
}

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
