import { describe, expect, test } from '@jest/globals';
import { dag } from '../../../src/commands/dag';
import { withoutImplied } from '../../../src/pictures/graphs/reduce';
import { seededRandom } from '../../../src/kit/math/random';
import type { PlannedStep } from '../../../src/workflow/plan/planned-step';
import { pipelineOf, plannedStep } from '../../commands/helpers/pipeline-of';
import { readDrawing } from '../../commands/dag/read-drawing';

const NONE = new Map<string, PlannedStep>();

describe('dag ascii', () => {
  test('draws a chain as a straight line', () => {
    const pipeline = pipelineOf({ a: {}, b: { x: ['a'] }, c: { x: ['b'] } });
    expect(dag(pipeline, NONE, 'ascii', { columns: 80 })).toBe('a\n│\nb\n│\nc\n');
  });

  test('joins what is read by two and what reads two', () => {
    const pipeline = pipelineOf({
      top: {},
      left: { x: ['top'] },
      right: { x: ['top'] },
      end: { x: ['left', 'right'] },
    });
    const text = dag(pipeline, NONE, 'ascii', { columns: 80 });
    expect(readDrawing(text, ['top', 'left', 'right', 'end'])).toEqual([
      'left > end',
      'right > end',
      'top > left',
      'top > right',
    ]);
  });

  test('says when it leaves out lines that follow from others', () => {
    const pipeline = pipelineOf({ a: {}, b: { x: ['a'] }, c: { x: ['a', 'b'] } });
    const text = dag(pipeline, NONE, 'ascii', { columns: 80 });
    expect(text).toContain('Left out: lines that follow from others');
    expect(readDrawing(text, ['a', 'b', 'c'])).toEqual(['a > b', 'b > c']);
    expect(dag(pipelineOf({ a: {}, b: { x: ['a'] } }), NONE, 'ascii', { columns: 80 })).not.toContain('Left out');
  });

  test('marks the states and explains the marks that occur', () => {
    const pipeline = pipelineOf({ a: {}, b: { x: ['a'] } });
    const states = new Map([
      ['a', plannedStep('a', { state: 'hit' })],
      ['b', plannedStep('b', { state: 'miss' })],
    ]);
    const text = dag(pipeline, states, 'ascii', { columns: 80 });
    expect(text).toContain('✓ a');
    expect(text).toContain('○ b');
    expect(text.trimEnd().split('\n').at(-1)).toBe('✓ hit   ○ miss');
  });

  test('puts the cells of a matrix together, with counts, unless all are wanted', () => {
    const cells = Object.fromEntries([1, 2, 3].map(seed => [`student@seed=${seed}`, { faces: ['mix'] }]));
    const pipeline = pipelineOf({ mix: {}, ...cells, report: { models: Object.keys(cells) } });
    const states = new Map(
      pipeline.steps.map(({ id }) => [id, plannedStep(id, { state: id.endsWith('2') ? 'miss' : 'hit' })]),
    );
    expect(dag(pipeline, states, 'ascii', { columns: 80 })).toContain('◐ student@… ×3 (2 hit, 1 miss)');
    const all = dag(pipeline, states, 'ascii', { columns: 80, cells: true });
    for (const id of Object.keys(cells)) expect(all).toContain(id);
  });

  test('draws cells one by one where groups of them would need each other', () => {
    const pipeline = pipelineOf({
      'a@n=1': {},
      'b@n=1': { x: ['a@n=1'] },
      'a@n=2': { x: ['b@n=1'] },
      'b@n=2': { x: ['a@n=2'] },
    });
    expect(dag(pipeline, NONE, 'ascii', { columns: 80 })).toBe(
      'a@n=1\n│\nb@n=1\n│\na@n=2\n│\nb@n=2\n'.replace(/│/g, '  │'),
    );
  });

  test('makes a list of what is too wide', () => {
    const wide = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a-rather-long-name-${i}`, {}]));
    const pipeline = pipelineOf({ ...wide, end: { x: Object.keys(wide) } });
    const text = dag(pipeline, NONE, 'ascii', { columns: 30 });
    expect(text).toContain(`end  ← ${Object.keys(wide).join(', ')}`);
  });

  test('is empty-handed without stages', () => {
    expect(dag(pipelineOf({}), NONE, 'ascii', { columns: 80 })).toBe('nothing\n');
  });

  test('lets no control character through', () => {
    const text = dag(pipelineOf({ 'a\u001b[31m\nb': {} }), NONE, 'ascii', { columns: 80 });
    expect(text).toBe('a\uFFFD[31m b\n');
  });

  test('draws exactly the lines of random graphs, within the columns', () => {
    let drawn = 0;
    let lines = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const { needs, pipeline } = randomPipeline(seed);
      const text = dag(pipeline, NONE, 'ascii', { columns: 120 });
      if (text.includes('←')) continue;
      drawn++;
      const expected = [...needs].flatMap(([id, names]) => names.map(name => `${name} > ${id}`)).sort();
      lines += expected.length;
      expect({ seed, edges: readDrawing(text, [...needs.keys()]) }).toEqual({ seed, edges: expected });
      expect(Math.max(...text.split('\n').map(line => Array.from(line).length))).toBeLessThanOrEqual(120);
    }
    process.stdout.write(`dag ascii: ${drawn} of 400 random graphs drawn, ${lines} lines followed\n`);
    expect(drawn).toBeGreaterThan(300);
  });
});

function randomPipeline(seed: number) {
  const random = seededRandom(seed);
  const count = 2 + random.integer(22);
  const steps: Record<string, Record<string, string[]>> = {};
  for (let i = 0; i < count; i++) {
    const known = Object.keys(steps);
    const wanted = Math.min(known.length, random.integer(4));
    const needs = Array.from({ length: wanted }, () => known[random.integer(known.length)]!);
    steps[`${'abcdefghij'.slice(0, 1 + random.integer(9))}${i}`] = { x: needs };
  }
  const needs = withoutImplied(Object.entries(steps).map(([id, { x }]) => ({ id, needs: x! })));
  return { needs, pipeline: pipelineOf(steps) };
}
