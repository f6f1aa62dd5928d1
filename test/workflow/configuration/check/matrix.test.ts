import { describe, expect, test } from '@jest/globals';
import { accepted, refused } from '../load-toy';

/** Faces drawn for cells of a matrix, and what reads them. */
const text = (draw: string, rest = '') => `name: a
params: {seeds: [1, 2], margin: 0.5}
stages:
  draw: {uses: draw-faces, matrix: ${draw}, with: {seed: "\${matrix.seed}"}}
${rest}`;

const stepsOf = (source: string) => accepted(source).steps;
const idsOf = (source: string) => stepsOf(source).map(({ id }) => id);

describe('matrix', () => {
  test('makes a step of every cell, the last key running fastest, with the values inserted', () => {
    const steps = stepsOf(`name: a
stages:
  draw:
    uses: draw-faces
    matrix: {seed: [3, 4], group: [A, B]}
    with: {seed: "\${matrix.seed}", groups: ["\${matrix.group}"]}`);
    expect(steps.map(({ id, options }) => [id, options])).toEqual([
      ['draw@seed=3,group=A', { seed: 3, groups: ['A'] }],
      ['draw@seed=3,group=B', { seed: 3, groups: ['B'] }],
      ['draw@seed=4,group=A', { seed: 4, groups: ['A'] }],
      ['draw@seed=4,group=B', { seed: 4, groups: ['B'] }],
    ]);
    expect(steps[0]!.place).toMatchObject({ line: 3, column: 3, text: 'draw' });
  });

  test('takes its values from parameters', () => {
    expect(idsOf(text('{seed: "${params.seeds}"}'))).toEqual(['draw@seed=1', 'draw@seed=2']);
    expect(idsOf(text('{seed: [7, "${params.margin}"]}').replace('"${matrix.seed}"', '1'))).toEqual([
      'draw@seed=7',
      'draw@seed=0.5',
    ]);
  });

  test('leaves out what agrees with an entry of exclude, and adds what include lists', () => {
    const matrix = '{seed: [1, 2], x: [a, b], exclude: [{seed: 2, x: a}, {x: c}], include: [{x: z, seed: 9}]}';
    const ids = ['draw@seed=1,x=a', 'draw@seed=1,x=b', 'draw@seed=2,x=b', 'draw@seed=9,x=z'];
    expect(idsOf(text(matrix))).toEqual(ids);
    expect(idsOf(text('{include: [{seed: 4}, {seed: 5}]}'))).toEqual(['draw@seed=4', 'draw@seed=5']);
  });

  test.each([
    ['other characters', '["a/b c", "../x", "", "é"]', ['x=a-b-c', 'x=..-x', 'x=-', 'x=-~']],
    ['numbers', '[0.5, -1, 1e-7, true]', ['x=0.5', 'x=-1', 'x=1e-7', 'x=true']],
    ['equal names', '[1, "1"]', ['x=1~', 'x=1~']],
    ['names that differ in capitals only', '[a, A, b]', ['x=a~', 'x=A~', 'x=b']],
  ])('has names safe as a part of a path: %s', (_, values, wanted) => {
    const ids = idsOf(`name: a\nstages: {s: {uses: draw-faces, matrix: {x: ${values}}}}`);
    expect(new Set(ids.map(id => id.toLowerCase())).size).toBe(wanted.length);
    for (const [i, id] of ids.entries()) {
      expect(id).toMatch(/^[a-z0-9][A-Za-z0-9._@=,+~-]*$/);
      expect(id.startsWith(`s@${wanted[i]!}`)).toBe(true);
    }
  });

  test('has short names for long values that depend on the cell alone', () => {
    const long = (end: string) => `"${'x'.repeat(150)}${end}"`;
    const [a, b] = idsOf(`name: a\nstages: {s: {uses: draw-faces, matrix: {x: [${long('1')}, ${long('2')}]}}}`);
    expect(a!.length).toBeLessThan(80);
    expect(a).not.toBe(b);
    expect(idsOf(`name: a\nstages: {s: {uses: draw-faces, matrix: {x: [${long('2')}]}}}`)).toEqual([b]);
  });

  test('like has the cells of another stage, also through a third', () => {
    const rest = `  align: {uses: align-faces, in: {photos: draw}, matrix: {like: draw}}
  again: {uses: align-faces, in: {photos: draw}, matrix: {like: align}}`;
    expect(idsOf(text('{seed: [1, 2]}', rest))).toEqual([
      'draw@seed=1',
      'draw@seed=2',
      'align@seed=1',
      'align@seed=2',
      'again@seed=1',
      'again@seed=2',
    ]);
  });

  test('a cell reads the cells that agree on the keys that both have', () => {
    const rest = `  align: {uses: align-faces, in: {photos: draw}, matrix: {seed: [2, 1], m: [0, 1]}, with: {margin: "\${matrix.m}"}}
  mix: {uses: mix-sets, in: {faces: align}, matrix: {m: [0, 1]}, with: {ratio: 1}}
  all: {uses: mix-sets, in: {faces: align.faces}, with: {ratio: 1}}
  one: {uses: report, in: {faces: "align@seed=2,m=1"}}
  port: {uses: report, in: {faces: "align@seed=2,m=1.faces"}}`;
    const steps = stepsOf(text('{seed: [1, 2]}', rest));
    const inputs = Object.fromEntries(
      steps.map(({ id, inputs }) => [
        id,
        Object.values(inputs)
          .flat()
          .map(({ step }) => step),
      ]),
    );
    expect(inputs).toMatchObject({
      'align@seed=2,m=0': ['draw@seed=2'],
      'align@seed=1,m=1': ['draw@seed=1'],
      'mix@m=1': ['align@seed=2,m=1', 'align@seed=1,m=1'],
      all: ['align@seed=2,m=0', 'align@seed=2,m=1', 'align@seed=1,m=0', 'align@seed=1,m=1'],
      one: ['align@seed=2,m=1'],
      port: ['align@seed=2,m=1'],
    });
  });

  test('the places of a value are the matrix, then the option', () => {
    const [, second] = stepsOf(text('{seed: [1, 2]}'));
    expect(second!.placesOf('options.seed')).toMatchObject([
      { line: 4, column: 47, text: '2' },
      { line: 4, column: 65, text: '"${matrix.seed}"' },
    ]);
    const [first] = stepsOf(text('{seed: "${params.seeds}"}'));
    expect(first!.placesOf('options.seed').map(({ line, text: found }) => [line, found])).toEqual([
      [2, '1'],
      [4, '"${params.seeds}"'],
      [4, '"${matrix.seed}"'],
    ]);
  });

  test('a thousand cells and what reads them all', () => {
    const numbers = Array.from({ length: 1000 }, (_, i) => i).join(',');
    const rest = `  align: {uses: align-faces, in: {photos: draw}, matrix: {like: draw}}
  mix: {uses: mix-sets, in: {faces: align}, with: {ratio: 1}}`;
    const steps = stepsOf(text(`{seed: [${numbers}]}`, rest));
    expect(steps).toHaveLength(2001);
    expect(steps.at(-1)!.inputs['faces']).toHaveLength(1000);
    expect(steps[1999]!.inputs['photos']).toEqual([{ step: 'draw@seed=999', port: 'photos' }]);
  });
});

describe('matrix refuses', () => {
  const align = (input: string, matrix = '') => `  it: {uses: align-faces, in: {photos: ${input}}${matrix}}`;

  test.each([
    ['several-cells', '{seed: [1, 2]}', align('draw'), 5, 'matrix: {like: draw}'],
    ['no-cell', '{seed: [1, 2]}', align('draw', ', matrix: {seed: [1, 3]}'), 5, '"seed=3"'],
    ['unknown-step', '{seed: [1, 2]}', align('draw@seed=3'), 5, '"draw@seed=1"'],
    ['unknown-step', '{seed: [1, 2]}', align('it@seed=3'), 5, 'has no matrix'],
    [
      'self-reference',
      '{seed: [1, 2]}',
      '  it: {uses: read-faces, in: {photos: it@seed=1}, matrix: {seed: [1]}}',
      5,
      'itself',
    ],
    ['unknown-step', '{like: darw}', align('draw', ', matrix: {seed: [1]}'), 4, 'the file has "it"'],
    ['bad-matrix', '{like: it}', align('draw', ', matrix: {like: draw}'), 5, 'leads back'],
    ['bad-matrix', '{like: it}', '  it: {uses: draw-faces}', 4, 'no matrix'],
    ['bad-matrix', '{like: it, x: [1]}', '  it: {uses: draw-faces, matrix: {seed: [1]}}', 4, 'beside "like"'],
    ['wrong-kind', '{like: 3}', '', 4, 'the id of a stage'],
    ['wrong-kind', '{seed: 3}', '', 4, 'a list of values'],
    ['wrong-kind', '[1]', '', 4, 'a map'],
    ['wrong-kind', '{seed: [1], exclude: {seed: 1}}', '', 4, 'a list of maps'],
    ['bad-matrix', '{seed: []}', '', 4, 'no values'],
    ['bad-matrix', '{}', '', 4, 'at least one key'],
    ['bad-matrix', '{seed: [[1]]}', '', 4, 'a list'],
    ['bad-matrix', '{seed: [null]}', '', 4, 'nothing'],
    ['bad-matrix', '{seed: [1, 1]}', '', 4, '"matrix" of stage "draw" has the cell "seed=1" twice'],
    ['bad-matrix', '{seed: [1], x: [a b], include: [{x: a b, seed: 1}]}', '', 4, 'the cell "seed=1,x=a b" twice'],
    ['bad-matrix', '{seed: [1], exclude: [{seed: 1}]}', '', 4, '"exclude" leaves none'],
    ['bad-matrix', '{seed: [1], x: [1], include: [{seed: 1}]}', '', 4, 'add "x"'],
    ['bad-matrix', `{seed: [1, ${'y'.repeat(201)}]}`, '', 4, '200'],
    ['unknown-matrix-key', '{seed: [1], exclude: [{sede: 1}]}', '', 4, 'did you mean "seed"?'],
    ['unknown-matrix-key', '{sede: [1]}', '', 4, 'did you mean "sede"?'],
    ['bad-name', '{"a b": [1], seed: [1]}', '', 4, '"a b"'],
    ['no-matrix', '{seed: [1]}', '  it: {uses: draw-faces, with: {seed: "${matrix.seed}"}}', 5, 'add one'],
    ['bad-expression', '{seed: ["${secret:X}"]}', '', 4, 'for "with" only'],
    ['bad-option', '{seed: [1, -1, -1.5]}', '', 4, 'found -1'],
    ['too-many-stages', `{seed: [${'1,'.repeat(200)}], x: [${'1,'.repeat(51)}]}`, '', 3, '10200'],
  ])('%s: %s %s', (code, matrix, rest, line, words) => {
    const [diagnostic] = refused(text(matrix, rest));
    expect(diagnostic).toMatchObject({ code, line });
    expect(diagnostic!.message).toContain(words);
  });

  test('a value that is wrong in one cell, with a note where the matrix has it', () => {
    const diagnostics = refused(text('{seed: [1, -1, 2]}'));
    expect(diagnostics).toMatchObject([{ code: 'bad-option', line: 4, notes: [{ line: 4, column: 47, length: 2 }] }]);
  });

  test('more links between cells than anybody can wait for', () => {
    const numbers = Array.from({ length: 1500 }, (_, i) => i).join(',');
    const rest = `  align: {uses: align-faces, in: {photos: draw}, matrix: {like: draw}}
  mix: {uses: mix-sets, in: {faces: align}, matrix: {x: [${numbers}]}, with: {ratio: 1}}`;
    expect(refused(text(`{seed: [${numbers}]}`, rest))).toMatchObject([{ code: 'too-many-connections', line: 6 }]);
  });
});
