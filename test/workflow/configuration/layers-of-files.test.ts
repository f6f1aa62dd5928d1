import { describe, expect, test } from '@jest/globals';
import { accepted, loadToy, printed, refused } from './load-toy';

const BASE = `name: base
engine: wasm
params: {seed: 1, deep: {ratio: 0.5, note: a}, groups: [A]}
stages:
  draw: {uses: draw-faces, with: {seed: "\${params.seed}", groups: "\${params.groups}"}}
  align: {uses: align-faces, in: {photos: draw}, with: {margin: 0.1, template: cosface}}
  mix: {uses: mix-sets, in: {faces: [align], extra: align}, with: {ratio: "\${params.deep.ratio}", note: "\${params.deep.note}"}}
`;

const optionsOf = (text: string, rest: Parameters<typeof accepted>[1]) =>
  Object.fromEntries(accepted(text, rest).steps.map(({ id, options }) => [id, options]));

describe('extends', () => {
  test('maps merge deeply, lists and scalars replace, the extending file wins', () => {
    const text = `name: mine
extends: base.yaml
params: {seed: 2, deep: {note: b}, groups: [C]}
stages:
  align: {with: {margin: 0.2}}
  mix: {in: {faces: align}}
  more: {uses: draw-faces}`;
    const pipeline = accepted(text, { files: { 'base.yaml': BASE } });
    expect(pipeline).toMatchObject({
      name: 'mine',
      engine: 'wasm',
      params: { seed: 2, deep: { ratio: 0.5, note: 'b' } },
    });
    expect(pipeline.steps.map(({ id, options }) => [id, options])).toEqual([
      ['draw', { seed: 2, groups: ['C'] }],
      ['align', { margin: 0.2, template: 'cosface', label: null }],
      ['mix', { ratio: 0.5, note: 'b' }],
      ['more', { seed: 1, groups: ['A', 'B'] }],
    ]);
    expect(pipeline.steps[2]!.inputs['faces']).toHaveLength(1);
    expect(pipeline.sources.map(({ path }) => path)).toEqual(['/proj/here/toy.yaml', '/proj/here/base.yaml']);
  });

  test('a key that is left blank leaves what it extends alone, and null in an option is a value', () => {
    const text = 'name: a\nextends: base.yaml\nparams:\nstages:\n  mix:\n    with:\n  align: {with: {label: null}}';
    const options = optionsOf(text, { files: { 'base.yaml': BASE.replace('margin: 0.1', 'label: abc') } });
    expect(options['mix']).toEqual({ ratio: 0.5, note: 'a' });
    expect(options['align']!['label']).toBeNull();
  });

  test('of a list of files the later ones win, and a file may extend others', () => {
    const files = {
      'base.yaml': BASE,
      'one.yaml': 'extends: base.yaml\nparams: {seed: 5, deep: {ratio: 0.1}}',
      'two.yaml': 'params: {seed: 6}',
    };
    const { params } = accepted('name: a\nextends: [one.yaml, two.yaml]', { files });
    expect(params).toMatchObject({ seed: 6, deep: { ratio: 0.1, note: 'a' } });
  });

  test('paths are relative to the file that names them', () => {
    const files = { 'lib/one.yaml': 'extends: deeper/base.yaml', 'lib/deeper/base.yaml': BASE };
    expect(accepted('name: a\nextends: lib/one.yaml', { files }).steps).toHaveLength(3);
  });

  test('a mistake in a file that is extended is shown there, with its text underlined', () => {
    const base = 'params:\n  ratio: 7\nstages:\n  mix:\n    uses: mix-sets\n    with: {ratio: "${params.ratio}"}\n';
    const text = 'name: a\nextends: lib/base.yaml\nstages:\n  draw: {uses: draw-faces}\n  mix: {in: {faces: draw}}\n';
    expect(printed(loadToy(text, { files: { 'lib/base.yaml': base } }))).toBe(
      `toy.yaml:5:21 Cannot connect input "faces" of "mix": "draw" is photo-set, wanted face-set, which no other stage of this file makes
      mix: {in: {faces: draw}}
                        ~~~~

lib/base.yaml:6:19 Cannot use option "ratio" of mix-sets: found 7, wanted a number from 0 to 1 (Share of real identities)
        with: {ratio: "\${params.ratio}"}
                      ~~~~~~~~~~~~~~~~~
  lib/base.yaml:2:10 params.ratio is defined here
        ratio: 7
               ~
`,
    );
  });

  test('the name is the own one of a file: two with one name would share their results', () => {
    expect(refused('extends: base.yaml', { files: { 'base.yaml': BASE } })).toMatchObject([
      { code: 'missing-key', line: 1, column: 1 },
    ]);
  });

  test('a circle is shown as a chain, where it closes', () => {
    const files = { 'b.yaml': 'extends: [c.yaml]', 'c.yaml': 'extends: toy.yaml' };
    const diagnostics = refused('name: a\nextends: b.yaml\nstages: {a: {uses: draw-faces}}', { files });
    expect(diagnostics).toMatchObject([{ code: 'circular-files', file: '/proj/here/c.yaml', line: 1, column: 10 }]);
    expect(diagnostics[0]!.message).toContain('toy.yaml -> b.yaml -> c.yaml -> toy.yaml');
  });

  test('a circle is found behind links and other ways to write a path', () => {
    const text = 'name: a\nextends: ./sub/../link.yaml\nstages: {a: {uses: draw-faces}}';
    expect(refused(text, { links: { 'link.yaml': 'toy.yaml' } })).toMatchObject([{ code: 'circular-files' }]);
  });

  test('a file of which two others are made is no circle', () => {
    const files = { 'base.yaml': BASE, 'one.yaml': 'extends: base.yaml', 'two.yaml': 'extends: base.yaml' };
    expect(accepted('name: a\nextends: [one.yaml, two.yaml]', { files }).sources).toHaveLength(4);
  });
});

describe('imports', () => {
  const LIB = `params: {seed: 1, margin: 0.1}
stages:
  draw: {uses: draw-faces, with: {seed: "\${params.seed}"}}
  align: {uses: align-faces, in: {photos: draw}, with: {margin: "\${params.margin}"}}
`;

  test('stages get a prefix and parameters of their own; references inside stay local', () => {
    const text = `name: a
imports:
  faces: {file: lib.yaml, params: {margin: "\${params.margin}"}}
  other: lib.yaml
params: {margin: 0.9, seed: 5}
stages:
  draw: {uses: draw-faces, with: {seed: "\${params.seed}"}}
  mix: {uses: mix-sets, in: {faces: [faces.align, other.align.faces]}, with: {ratio: 1}}`;
    const { steps, sources } = accepted(text, { files: { 'lib.yaml': LIB } });
    expect(steps.map(({ id, options }) => [id, options['seed'] ?? options['margin']])).toEqual([
      ['faces.draw', 1],
      ['faces.align', 0.9],
      ['other.draw', 1],
      ['other.align', 0.1],
      ['draw', 5],
      ['mix', undefined],
    ]);
    expect(steps[1]!.inputs['photos']).toEqual([{ step: 'faces.draw', port: 'photos' }]);
    expect(steps[5]!.inputs['faces']).toEqual([
      { step: 'faces.align', port: 'faces' },
      { step: 'other.align', port: 'faces' },
    ]);
    expect(sources.map(({ path }) => path)).toEqual(['/proj/here/toy.yaml', '/proj/here/lib.yaml']);
    expect(steps[1]!.placesOf('options.margin')).toMatchObject([
      { file: '/proj/here/toy.yaml', line: 5, text: '0.9' },
      { file: '/proj/here/toy.yaml', line: 3 },
      { file: '/proj/here/lib.yaml', line: 4 },
    ]);
  });

  test('an import may import and extend others', () => {
    const files = { 'mid.yaml': 'extends: base2.yaml\nimports: {in: lib.yaml}', 'lib.yaml': LIB, 'base2.yaml': LIB };
    const text = 'name: a\nimports: {m: mid.yaml}\nstages: {align: {uses: align-faces, in: {photos: m.in.draw}}}';
    const ids = ['m.in.draw', 'm.in.align', 'm.draw', 'm.align', 'align'];
    expect(accepted(text, { files }).steps.map(({ id }) => id)).toEqual(ids);
  });

  test('a file with imports alone is a pipeline, and --set does not reach into an import', () => {
    const rest = { files: { 'lib.yaml': LIB }, set: { seed: '3' } };
    expect(accepted('name: a\nimports: {l: lib.yaml}', { ...rest, set: {} }).steps).toHaveLength(2);
    expect(refused('name: a\nimports: {l: lib.yaml}', rest)).toMatchObject([{ code: 'unknown-set' }]);
  });

  test.each([
    ['unknown-step', '{faces: lib.yaml}', 'photos: faces.drwa', 3, 'did you mean "faces.draw"?'],
    ['unknown-step', '{faces: lib.yaml}', 'photos: draw', 3, '"faces.draw"'],
    ['unknown-output', '{faces: lib.yaml}', 'photos: faces.draw.photo', 3, 'did you mean "photos"?'],
    ['name-taken', '{it: lib.yaml}', 'photos: it.draw', 2, 'prefix'],
    ['bad-name', '{A: lib.yaml}', 'photos: A.draw', 2, 'small letters'],
    ['unknown-param', '{faces: {file: lib.yaml, params: {sede: 2}}}', 'photos: faces.draw', 2, 'did you mean "seed"?'],
    ['missing-key', '{faces: {params: {}}, b: lib.yaml}', 'photos: b.draw', 2, '"file"'],
    ['wrong-kind', '{faces: [lib.yaml], b: lib.yaml}', 'photos: b.draw', 2, 'a list'],
    ['unknown-key', '{faces: {file: lib.yaml, param: {}}}', 'photos: faces.draw', 2, 'did you mean "params"?'],
    ['circular-files', '{faces: lib.yaml, b: toy.yaml}', 'photos: faces.draw', 2, 'toy.yaml -> toy.yaml'],
    ['missing-file', '{faces: lib.yaml, b: missing.yaml}', 'photos: faces.draw', 2, 'missing.yaml'],
  ])('refuses %s: %s, %s', (code, imports, input, line, words) => {
    const text = `name: a\nimports: ${imports}\nstages: {it: {uses: align-faces, in: {${input}}}}`;
    const diagnostics = refused(text, { files: { 'lib.yaml': LIB } });
    expect(diagnostics).toMatchObject([{ code, line, file: '/proj/here/toy.yaml' }]);
    expect(diagnostics[0]!.message).toContain(words);
  });

  test('mistakes in an import are shown there, once, however often it is imported', () => {
    const files = { 'lib.yaml': LIB.replace('photos: draw', 'photos: drow') };
    expect(refused('name: a\nimports: {x: lib.yaml, y: lib.yaml}', { files })).toMatchObject([
      { code: 'unknown-step', file: '/proj/here/lib.yaml', line: 4, column: 43, length: 4 },
    ]);
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['extends: other.yaml', 'stages: {draw: {with: {seed: 1}}, it: {uses: align-faces, in: {photos: draw}}}'],
    ['imports: {o: other.yaml}', 'stages: {it: {uses: align-faces, in: {photos: o.draw}}}'],
    ['paramsFiles: [other.yaml]', 'stages: {draw: {uses: draw-faces, with: {seed: "${params.seed}"}}}'],
  ])('is the only mistake: what it would have had is not missed (%s)', (top, stages) => {
    const files = { 'other.yaml': '{' };
    expect(refused(`name: a\n${top}\n${stages}`, { files })).toMatchObject([
      { code: 'yaml-syntax', file: '/proj/here/other.yaml' },
    ]);
  });
});

describe('paramsFiles', () => {
  const text = (files: string) => `name: a
paramsFiles: ${files}
params: {seed: 1, groups: [A]}
stages: {draw: {uses: draw-faces, with: {seed: "\${params.seed}", groups: "\${params.groups}"}}}`;

  test('values of YAML and JSON files go over the parameters, in order', () => {
    const files = { 'p.yaml': 'seed: 2\nunused: 1', 'q.json': '{\n\t"seed": 3,\n\t"groups": ["C"]\n}' };
    expect(optionsOf(text('[p.yaml]'), { files })['draw']).toEqual({ seed: 2, groups: ['A'] });
    expect(optionsOf(text('[p.yaml, q.json]'), { files })['draw']).toEqual({ seed: 3, groups: ['C'] });
    expect(optionsOf(text('[p.yaml]'), { files, set: { seed: '9' } })['draw']).toEqual({ seed: 9, groups: ['A'] });
  });

  test('of a file that is extended they are below the parameters of the one that extends it', () => {
    const files = { 'base.yaml': text('[p.yaml]').replace('name: a\n', ''), 'p.yaml': 'seed: 2' };
    expect(optionsOf('name: b\nextends: base.yaml', { files })['draw']!['seed']).toBe(2);
    expect(optionsOf('name: b\nextends: base.yaml\nparams: {seed: 7}', { files })['draw']!['seed']).toBe(7);
  });

  test('a mistake in a value is noted at its place there', () => {
    const [diagnostic] = refused(text('[p.yaml]'), { files: { 'p.yaml': '# x\nseed: -2' } });
    expect(diagnostic).toMatchObject({ code: 'bad-option', file: '/proj/here/toy.yaml', line: 4 });
    expect(diagnostic!.notes).toMatchObject([{ file: '/proj/here/p.yaml', line: 2, column: 7, text: 'seed: -2' }]);
  });

  test.each([
    ['wrong-kind', '- 1'],
    ['empty-file', ''],
    ['bad-name', 'a.b: 1'],
    ['bad-expression', 'seed: ${params.x}'],
    ['yaml-syntax', '{"seed": 1'],
  ])('refuses %s in such a file: %s', (code, content) => {
    expect(refused(text('[p.yaml]'), { files: { 'p.yaml': content } })).toMatchObject([
      { code, file: '/proj/here/p.yaml', line: 1 },
    ]);
  });
});

describe('profiles', () => {
  const text = `name: a
engine: auto
params: {seed: 1}
profiles:
  fast: {engine: wasm, params: {seed: 2}, stages: {draw: {with: {groups: [C]}}}}
  other: {params: {seed: 3}, stages: {extra: {uses: draw-faces}}}
  blank:
stages: {draw: {uses: draw-faces, with: {seed: "\${params.seed}"}}}`;

  test('are laid over in the order in which they are named, below --set', () => {
    expect(accepted(text)).toMatchObject({ engine: 'auto', profiles: [], params: { seed: 1 } });
    const both = accepted(text, { profiles: ['fast', 'other'] });
    expect(both).toMatchObject({ engine: 'wasm', profiles: ['fast', 'other'], params: { seed: 3 } });
    expect(both.steps.map(({ id, options }) => [id, options['seed'], options['groups']])).toEqual([
      ['draw', 3, ['C']],
      ['extra', 1, ['A', 'B']],
    ]);
    expect(accepted(text, { profiles: ['other', 'fast'] }).params).toEqual({ seed: 2 });
    expect(accepted(text, { profiles: ['fast', 'blank'], set: { seed: '9' } }).params).toEqual({ seed: 9 });
  });

  test('come from files that are extended, too', () => {
    const base = text.replace('name: a\n', '');
    expect(accepted('name: b\nextends: base.yaml', { files: { 'base.yaml': base }, profiles: ['fast'] }).engine).toBe(
      'wasm',
    );
  });

  test('the place of a value is the profile', () => {
    const { steps } = accepted(text, { profiles: ['fast'] });
    expect(steps[0]!.placesOf('options.seed').map(({ line, column }) => [line, column])).toEqual([
      [5, 39],
      [8, 48],
    ]);
  });

  test('refuses an unknown one with the nearest', () => {
    const [diagnostic] = refused(text, { profiles: ['fsat'] });
    expect(diagnostic).toMatchObject({ code: 'unknown-profile', line: 4, column: 1 });
    expect(diagnostic!.message).toContain('did you mean "fast"?');
    expect(refused('name: a\nstages: {a: {uses: draw-faces}}', { profiles: ['x'] })[0]!.message).toContain(
      'no profiles',
    );
  });

  test.each([
    ['unknown-step', '{stages: {drwa: {with: {seed: 1}}}}', 'did you mean "draw"?'],
    [
      'unknown-param',
      '{params: {sede: 1}}',
      'Cannot change parameter "sede" in profile "blank": the file has no such parameter',
    ],
    ['unknown-key', '{with: {}}', '"stages"'],
    ['wrong-kind', '[]', 'a list'],
  ])('refuses %s in one that is not used: %s', (code, profile, words) => {
    const [diagnostic] = refused(text.replace('blank:', `blank: ${profile}`));
    expect(diagnostic).toMatchObject({ code, line: 7 });
    expect(diagnostic!.message).toContain(words);
  });
});
