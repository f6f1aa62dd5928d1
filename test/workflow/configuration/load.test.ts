import { describe, expect, test } from '@jest/globals';
import { accepted, refused } from './load-toy';
import { TOY_STAGES } from './toy-stages';

const WHOLE = `# A comment
name: kd-toy
description: Everything that a file can say
roots: [/lists]
params:
  ratio: 0.5
  groups: [C, D]
  deep: { seed: 7 }
stages:
  report:
    uses: report
    in: { faces: mix.synthetic }
  draw:
    uses: draw-faces
    with:
      seed: \${params.deep.seed}
      groups: "\${params.groups}"
  read:
    uses: read-faces
    in: { photos: draw }
    with: { folder: data/../faces, lists: [/lists/a.txt] }
  align:
    uses: align-faces
    in: { photos: read }
    with:
  mix:
    uses: mix-sets
    in: { faces: [align, align.faces] }
    with:
      ratio: \${params.ratio}
      note: share \${params.ratio} of $\${all}
`;

describe('loadPipeline()', () => {
  test('gives a checked pipeline: ordered, connected, interpolated, with defaults and absolute paths', () => {
    const { sources, ...pipeline } = accepted(WHOLE, { file: 'pipelines/kd-toy.yaml' });
    expect(sources).toEqual([{ path: '/proj/here/pipelines/kd-toy.yaml', text: WHOLE }]);
    const usual = {
      resources: {},
      retry: { times: 0, delay: 1 },
      limits: {},
      env: {},
      placesOf: expect.any(Function) as unknown,
    };
    const place = (line: number, text: string) => ({ file: '/proj/here/pipelines/kd-toy.yaml', line, column: 3, text });
    expect(pipeline).toEqual({
      name: 'kd-toy',
      file: '/proj/here/pipelines/kd-toy.yaml',
      profiles: [],
      params: { ratio: 0.5, groups: ['C', 'D'], deep: { seed: 7 } },
      secrets: {},
      inputFolders: ['/proj/here', '/lists'],
      steps: [
        {
          id: 'draw',
          stage: TOY_STAGES['draw-faces'],
          options: { seed: 7, groups: ['C', 'D'] },
          inputs: {},
          ...usual,
          place: place(13, 'draw'),
        },
        {
          id: 'read',
          stage: TOY_STAGES['read-faces'],
          options: { folder: '/proj/here/faces', lists: ['/lists/a.txt'] },
          inputs: { photos: [{ step: 'draw', port: 'photos' }] },
          ...usual,
          place: place(18, 'read'),
        },
        {
          id: 'align',
          stage: TOY_STAGES['align-faces'],
          options: { margin: 0, template: 'arcface', label: null },
          inputs: { photos: [{ step: 'read', port: 'photos' }] },
          ...usual,
          place: place(22, 'align'),
        },
        {
          id: 'mix',
          stage: TOY_STAGES['mix-sets'],
          options: { ratio: 0.5, note: 'share 0.5 of ${all}' },
          inputs: {
            faces: [
              { step: 'align', port: 'faces' },
              { step: 'align', port: 'faces' },
            ],
          },
          ...usual,
          place: place(26, 'mix'),
        },
        {
          id: 'report',
          stage: TOY_STAGES['report'],
          options: {},
          inputs: { faces: [{ step: 'mix', port: 'synthetic' }] },
          ...usual,
          place: place(10, 'report'),
        },
      ],
    });
  });

  test('reads the same from a file with a byte order mark and Windows line ends', () => {
    const windows = `\ufeff${WHOLE.replace(/\n/g, '\r\n')}`;
    const { steps } = accepted(windows);
    const same = accepted(WHOLE).steps;
    expect(steps.map(({ id, options, inputs, place }) => ({ id, options, inputs, place }))).toEqual(
      same.map(({ id, options, inputs, place }) => ({ id, options, inputs, place })),
    );
  });

  test('takes one stage for a port that takes a list', () => {
    const text = `name: a
stages:
  draw: {uses: draw-faces}
  align: {uses: align-faces, in: {photos: draw}}
  mix: {uses: mix-sets, in: {faces: align}, with: {ratio: 1}}`;
    expect(accepted(text).steps[2]!.inputs).toEqual({ faces: [{ step: 'align', port: 'faces' }] });
  });

  test('takes the engine that the file asks for', () => {
    const text = 'name: a\nengine: wasm\nstages: {a: {uses: draw-faces}}';
    expect(accepted(text).engine).toBe('wasm');
    expect(accepted(text.replace('engine: wasm\n', ''))).not.toHaveProperty('engine');
  });

  test('expands anchors and aliases', () => {
    const text = `name: a
stages:
  one: {uses: draw-faces, with: &same {seed: 5}}
  two: {uses: draw-faces, with: *same}`;
    expect(accepted(text).steps.map(step => step.options['seed'])).toEqual([5, 5]);
  });

  test('reports all mistakes of a file in one go, in the order of the file', () => {
    const text = `name: A
params: {seed: -1}
stages:
  draw: {uses: draw-faces, with: {seed: "\${params.seed}", sed: 1}}
  align: {uses: align-face}
  report: {uses: report, in: {faces: draw}}
  a: {uses: read-faces, in: {photos: b}}
  b: {uses: read-faces, in: {photos: a}}`;
    expect(refused(text).map(({ code, line, column }) => [code, line, column])).toEqual([
      ['bad-name', 1, 7],
      ['bad-option', 4, 41],
      ['unknown-option', 4, 59],
      ['unknown-stage', 5, 17],
      ['type-mismatch', 6, 38],
      ['cycle', 7, 38],
    ]);
  });

  test('shows a mistake in a value from a parameter where it is used, with a note where it is defined', () => {
    const text = `name: a
params:
  draw: {seed: -1, groups: [A, X]}
stages:
  draw:
    uses: draw-faces
    with: {seed: "\${params.draw.seed}", groups: "\${params.draw.groups}"}`;
    expect(refused(text)).toMatchObject([
      { code: 'bad-option', line: 7, column: 18, notes: [{ line: 3, column: 16, length: 2 }] },
      { code: 'bad-option', line: 7, column: 49, notes: [{ line: 3, column: 32, length: 1 }] },
    ]);
  });

  test('says when the value came from the command line', () => {
    const text = 'name: a\nparams: {seed: 1}\nstages: {draw: {uses: draw-faces, with: {seed: "${params.seed}"}}}';
    const [diagnostic] = refused(text, { set: { seed: '-4' } });
    expect(diagnostic).toMatchObject({ code: 'bad-option', line: 3, column: 48 });
    expect(diagnostic!.notes).toMatchObject([{ line: 2, column: 16 }]);
    expect(diagnostic!.notes![0]!.message).toContain('--set seed=-4');
  });

  test('does not touch the stages or their schemas', () => {
    const before = JSON.stringify(TOY_STAGES);
    accepted(WHOLE);
    expect(JSON.stringify(TOY_STAGES)).toBe(before);
  });
});

describe('loadPipeline() set', () => {
  const text = `name: a
params: {seed: 1, groups: [A], deep: {note: x, ratio: 0.1}}
stages:
  draw: {uses: draw-faces, with: {seed: "\${params.seed}", groups: "\${params.groups}"}}
  align: {uses: align-faces, in: {photos: draw}}
  mix: {uses: mix-sets, in: {faces: align}, with: {ratio: "\${params.deep.ratio}", note: "\${params.deep.note}"}}`;
  const optionsWith = (set: Record<string, string>) => {
    const [draw, , mix] = accepted(text, { set }).steps;
    return { ...draw!.options, ...mix!.options };
  };

  test.each([
    [{ seed: '2' }, { seed: 2 }],
    [{ 'params.seed': '0x10' }, { seed: 16 }],
    [{ 'deep.ratio': '1' }, { ratio: 1 }],
    [{ groups: '[B, C]' }, { groups: ['B', 'C'] }],
    [{ deep: '{note: y, ratio: 0}' }, { note: 'y', ratio: 0 }],
    [{ 'deep.note': 'C: drive' }, { note: 'C: drive' }],
    [{ 'deep.note': '"2"' }, { note: '2' }],
    [{ 'deep.note': '@x' }, { note: '@x' }],
    [{ 'deep.note': '' }, { note: '' }],
    [{ 'deep.note': '*a' }, { note: '*a' }],
    [
      { 'deep.note': 'y', 'deep.ratio': '0.3' },
      { note: 'y', ratio: 0.3 },
    ],
  ])('replaces parameters: %j', (set, wanted) => {
    expect(optionsWith(set as Record<string, string>)).toMatchObject(wanted);
  });

  test('null is null, which the option then refuses', () => {
    expect(refused(text, { set: { seed: 'null' } })).toMatchObject([{ code: 'bad-option' }]);
  });

  test.each(['__proto__', 'constructor', 'params', 'deep.notes', 'seed.x', '', '.'])('refuses the unknown %j', key => {
    expect(refused(text, { set: { [key]: '1' } })).toMatchObject([{ code: 'unknown-set', line: 2, column: 1 }]);
  });
});
