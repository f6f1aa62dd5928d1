import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { dag, drawGraph, GRAPH_FORMATS } from '../../../src/commands/dag';
import { pipelineGraph } from '../../../src/commands/dag/pipeline-graph';
import type { PlannedStep } from '../../../src/workflow/plan/planned-step';
import { pipelineOf, plannedStep } from '../helpers/pipeline-of';

const NONE = new Map<string, PlannedStep>();
const HOSTILE = `"]; end --> x{\\N} <script>alert(1)</script> &lt; \`#35;\` \u001b[31m`;
const DOT = spawnSync('dot', ['-V']).status === 0;

describe('dag', () => {
  test('refuses an unknown format with the known ones', () => {
    expect(() => dag(pipelineOf({}), NONE, 'htm', { columns: 80 })).toThrow(
      expect.objectContaining({
        code: 'unknown-format',
        exit: 2,
        message: expect.stringContaining('did you mean "html"?'),
      }),
    );
  });

  test.each(GRAPH_FORMATS.map(({ name }) => name))('%s lets no control character of a name through', format => {
    const text = dag(pipelineOf({ [HOSTILE]: {}, b: { [HOSTILE]: [HOSTILE] } }), NONE, format, { columns: 200 });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('names the ports of an edge once, and skips what is not in the pipeline', () => {
    const pipeline = pipelineOf({ a: {}, b: { x: ['a:one', 'a:two'], y: ['a:one'], z: ['elsewhere'] } });
    const { nodes } = pipelineGraph(pipeline, NONE);
    expect(nodes[1]!.needs).toEqual([{ id: 'a', label: 'x, y' }]);
  });
});

describe('dag mermaid', () => {
  test('writes a flowchart with classes of the states that occur', () => {
    const pipeline = pipelineOf({ end: {}, b: { faces: ['end'] } });
    const states = new Map([['end', plannedStep('end', { state: 'hit' })]]);
    expect(dag(pipeline, states, 'mermaid', { columns: 80 })).toBe(`flowchart TB
  n0["end<br/>toy-stage<br/>hit"]:::done
  n1["b<br/>toy-stage"]
  n0 -->|"faces"| n1
  classDef done fill:#dff3e6,stroke:#1a7f4b,color:#10301f
`);
  });

  test('escapes what would end a label or be markup', () => {
    const text = dag(pipelineOf({ [HOSTILE]: {} }), NONE, 'mermaid', { columns: 80 });
    const [label] = /\["(.*)"\]$/m.exec(text)!.slice(1);
    expect(label!.replaceAll('<br/>', '')).not.toMatch(/["<>`{}[\]&\\]/);
    expect(label).toContain('#34;#93;');
  });
});

describe('dag dot', () => {
  test('writes nodes with links and edges with ports', () => {
    const pipeline = pipelineOf({ a: {}, b: { faces: ['a'] } });
    const text = dag(pipeline, NONE, 'dot', { columns: 80, linkOf: stage => (stage === 'a' ? 'toy/a' : undefined) });
    expect(text).toContain('digraph "toy" {');
    expect(text).toContain('n0 [label="a\\ntoy-stage", URL="toy/a"]');
    expect(text).toContain('n0 -> n1 [label="faces"]');
  });

  test('escapes quotes, backslashes and entities', () => {
    expect(dag(pipelineOf({ [HOSTILE]: {} }), NONE, 'dot', { columns: 80 })).toContain(
      'label="\\"]; end --> x{\\\\N} <script>alert(1)</script> &amp;lt; `#35;`',
    );
  });

  (DOT ? test : test.skip)('is read by Graphviz, which gives the names back as they were', () => {
    const pipeline = pipelineOf({ [HOSTILE]: {}, b: { [HOSTILE]: [HOSTILE] } }, { name: HOSTILE });
    const { status, stdout, stderr } = spawnSync('dot', ['-Tjson'], {
      input: dag(pipeline, NONE, 'dot', { columns: 80 }),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const drawn = JSON.parse(stdout) as { objects: { label: string }[]; edges: unknown[] };
    expect(drawn.objects).toHaveLength(2);
    expect(drawn.edges).toHaveLength(1);
    expect(drawn.objects[0]!.label.replaceAll('\\\\', '\\').replaceAll('&amp;', '&').split('\\n')[0]).toBe(
      HOSTILE.replace('\u001b', '\uFFFD'),
    );
  });
});

describe('dag html', () => {
  const pipeline = pipelineOf({ a: {}, [HOSTILE]: { [HOSTILE]: ['a'] } }, { name: HOSTILE });
  const states = new Map([['a', plannedStep('a', { state: 'miss', because: [reason(HOSTILE)] })]]);
  const text = dag(pipeline, states, 'html', { columns: 80, linkOf: () => `x"><script>` });

  test('loads nothing, runs nothing and says so to the browser', () => {
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(text).not.toMatch(/<script|https?:|src=|@import|url\(/);
  });

  test('says states in words and in the table what the drawing has no room for', () => {
    expect(text).toContain('<text class="word"');
    expect(text).toContain('<td>miss</td>');
    expect(text).toContain('&lt;script&gt;alert(1)');
  });

  test('draws a box for every node and a line for every edge', () => {
    const square = pipelineOf({ a: {}, b: { x: ['a'] }, c: { x: ['a'] }, d: { x: ['b', 'c'] } });
    const page = dag(square, NONE, 'html', { columns: 80 });
    expect(page.match(/<rect\b/g)).toHaveLength(4);
    expect(page.match(/<path\b/g)).toHaveLength(4);
  });

  test('draws nothing at all without stages', () => {
    expect(dag(pipelineOf({}), NONE, 'html', { columns: 80 })).toContain('<svg');
  });

  test('copes with a thousand cells', () => {
    const cells = Array.from({ length: 1000 }, (_, i) => `student@n=${i}`);
    const many = pipelineOf({
      mix: {},
      ...Object.fromEntries(cells.map(id => [id, { x: ['mix'] }])),
      report: { x: cells },
    });
    const page = drawGraph(pipelineGraph(many, NONE), 'html', 80);
    expect(page).toContain('student@… ×1000');
    expect(page.match(/<rect\b/g)).toHaveLength(3);
    expect(drawGraph(pipelineGraph(many, NONE, { cells: true }), 'html', 80).match(/<rect\b/g)).toHaveLength(1002);
  });
});

function reason(text: string) {
  return { leaf: 'x', before: null, after: null, text, places: [], chain: [] };
}
