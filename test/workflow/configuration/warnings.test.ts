import { describe, expect, test } from '@jest/globals';
import { loadToy, type Rest } from './load-toy';

/** `line:column message` of every warning; the file is right otherwise. */
function warned(text: string, rest: Rest = {}): string[] {
  const result = loadToy(text, rest);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.warnings.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

const DRAW = 'stages: {draw: {uses: draw-faces}}';

const withSeed = (seed: string): string => `name: x
params: {seed: ${seed}}
stages: {draw: {uses: draw-faces, with: {seed: "\${params.seed}"}}}`;

describe('loadPipeline() warns of a number with a leading zero, which other readers of YAML read in another way', () => {
  test.each([
    [
      '010',
      10,
      'The number 010 is read as 10, and as 8 by readers of YAML 1.1 such as PyYAML: write 10, or "010" if it is text',
    ],
    [
      '08',
      8,
      'The number 08 is read as 8, and as a text by readers of YAML 1.1 such as PyYAML: write 8, or "08" if it is text',
    ],
    ['+007', 7, 'The number +007 is read as 7, without the zero in front: write +7, or "+007" if it is text'],
    ['02', 2, 'The number 02 is read as 2, without the zero in front: write 2, or "02" if it is text'],
  ])('%s', (text, value, message) => {
    const result = loadToy(withSeed(text));
    expect(result).toMatchObject({ ok: true, warnings: [{ code: 'leading-zero', line: 2, column: 16 }] });
    expect(result).toMatchObject({ pipeline: { steps: [{ options: { seed: value } }] } });
    expect(warned(withSeed(text))).toEqual([expect.stringContaining(`2:16 leading-zero ${message}`)]);
  });

  test('in a list, each one', () => {
    expect(
      warned(
        'name: x\nparams: {all: [08, 09, 10]}\nstages: {draw: {uses: draw-faces, matrix: {x: "${params.all}"}}}',
      ).map(text => text.slice(0, 33)),
    ).toEqual(['2:16 leading-zero The number 08 i', '2:20 leading-zero The number 09 i']);
  });

  test('in --set and in the environment', () => {
    expect(warned(withSeed('1'), { set: { seed: '010' } })).toEqual([
      expect.stringMatching(/leading-zero --set seed=010: The number 010 is read as 10/),
    ]);
    const text = 'name: x\nenv: [SEED]\nstages: {draw: {uses: draw-faces, with: {seed: "${env:SEED}"}}}';
    expect(warned(text, { env: { SEED: '010' } })).toEqual([expect.stringContaining('The number 010 is read as 10')]);
  });

  test.each(['0', '-0', '0.5', '00', '10', '0o10', '0x1F', '1e3', '"010"'])('not of %s', text => {
    expect(
      warned(`name: x\nparams: {x: ${text}}\nstages: {draw: {uses: draw-faces, matrix: {x: ["\${params.x}"]}}}`),
    ).toEqual([]);
  });
});

describe('loadPipeline() warns of parameters that no expression reads', () => {
  const reading = (top: string, path = 'seed'): string =>
    `name: x\n${top}\nstages: {draw: {uses: draw-faces, with: {seed: "\${params.${path}}"}}}`;

  test('of a params file, there', () => {
    const files = { 'p.yaml': '# ours\nsead: 4' };
    const result = loadToy(reading('paramsFiles: [p.yaml]\nparams: {seed: 1}'), { files });
    const message = 'No expression reads the parameter "sead" (did you mean "seed"?): it changes nothing';
    const place = { file: '/proj/here/p.yaml', line: 2, column: 1, length: 4 };
    expect(result).toMatchObject({ ok: true, warnings: [{ code: 'unread-param', message, ...place }] });
  });

  test('of a file that extends, of one that is extended, and of an import', () => {
    const files = { 'a.yaml': reading('params: {seed: 1, old: 2}').replace('name: x\n', '') };
    expect(warned('name: x\nextends: a.yaml\nparams: {sead: 7}', { files })).toEqual([
      expect.stringMatching(/^3:10 unread-param .* "sead" \(did you mean "seed"\?\)/),
      expect.stringMatching(/^1:19 unread-param .* "old": it changes nothing$/),
    ]);
    const imports = 'name: x\nimports: {a: a.yaml, b: {file: a.yaml, params: {old: 3}}}';
    expect(warned(imports, { files })).toEqual([expect.stringMatching(/^1:19 unread-param .* "old"/)]);
  });

  test('of its own, also inside a map', () => {
    const [told, ...others] = warned(reading('params: {deep: {seed: 1, sede: 2}, seed: 3, more: {a: 1}}', 'deep.seed'));
    expect(others).toEqual([]);
    expect(told).toBe(
      '2:26 unread-param No expression reads the parameters "deep.sede" (did you mean "seed"?), "seed" and "more": they change nothing',
    );
  });

  test('once for a file, the slips first, however many there are', () => {
    const others = Array.from({ length: 30 }, (_, i) => `other${i}: 1`).join(', ');
    const told = warned(reading(`params: {seed: 1, ${others}, sead: 2}`));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^2:\d+ .*parameters "sead" \(did you mean "seed"\?\), "other0", .* "other18" and 11 more: /,
    );
  });

  test('of a params file only slips: other pipelines read the rest of it', () => {
    const others = Array.from({ length: 30 }, (_, i) => `other${i}: {sed: 1}\n`).join('');
    const files = { 'p.yaml': `deep: {speed: 1}\n${others}sead: 2\nsede: 3` };
    const told = warned(reading('params: {own: 1, seed: 4}\nparamsFiles: [p.yaml]'), { files });
    expect(told).toEqual([
      expect.stringMatching(/^2:10 .*parameter "own": /),
      expect.stringMatching(
        /^32:1 .*parameters "sead" \(did you mean "seed"\?\) and "sede" \(did you mean "seed"\?\): they/,
      ),
    ]);
    const deep = warned(reading('params: {deep: {seed: 1}}\nparamsFiles: [p.yaml]', 'deep.seed'), { files });
    expect(deep).toEqual([expect.stringMatching(/^1:8 .* "deep.speed" \(did you mean "seed"\?\): /)]);
  });

  test('not of a name that the params file has beside the one that is read', () => {
    const files = { 'p.yaml': 'seed: 1\nseeds: [1]\ndeep: {seed: 1, seeds: 2}', 'q.yaml': 'seed: 5\ndeep: {seed: 1}' };
    expect(warned(reading('paramsFiles: [p.yaml, q.yaml]'), { files })).toEqual([]);
    expect(warned(reading('paramsFiles: [p.yaml, q.yaml]', 'deep.seed'), { files })).toEqual([]);
    const base = { ...files, 'base.yaml': 'paramsFiles: [p.yaml, q.yaml]' };
    expect(warned(reading('extends: base.yaml'), { files: base })).toEqual([]);
  });

  test('read only where nothing is replaced: in a description', () => {
    const text = 'description: "${params.a}"\nparams: {seed: 1, a: 2, b: 3}\n';
    const profile = 'profiles: {p: {description: "${params.b}"}}';
    expect(warned(reading(text + profile))).toEqual([expect.stringContaining('the parameters "a" and "b":')]);
  });

  test('in no time, of as many as a file can have', () => {
    const many = Array.from({ length: 25_000 }, (_, i) => `p${i}: 1\n`).join('');
    const started = performance.now();
    const files = { 'p.yaml': `${many}sead: 1` };
    expect(warned(reading('paramsFiles: [p.yaml]\nparams: {seed: 1, p: 1}'), { files })).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test.each([
    ['in a longer text, with spaces', 'params: {a: 1}', '"a ${ params.a } b"'],
    ['in part', 'params: {a: {b: 1}}', '"${params.a.b}"'],
    ['as a whole', 'params: {a: {b: 1}}', '"${params.a}"'],
    ['by an alias', 'params: {a: &it 1, b: {c: &other 2}}', '[*it, *other]'],
  ])('not of what is read %s', (_, top, value) => {
    expect(warned(`name: x\n${top}\nprofiles: {p: {stages: {draw: {with: {groups: ${value}}}}}}\n${DRAW}`)).toEqual([]);
  });

  test('not of what a matrix, an import or another profile reads, or another file replaces', () => {
    const files = {
      'lib.yaml': reading('params: {seed: 1}').replace('name: x\n', ''),
      'base.yaml': `params: {low: 1}\n${DRAW.replace('draw-faces', 'draw-faces, with: {seed: "${params.low}"}')}`,
    };
    const text = `name: x
extends: base.yaml
params: {seeds: [1], inner: 2, quick: 3}
imports: {lib: {file: lib.yaml, params: {seed: "\${params.inner}"}}}
profiles: {quick: {stages: {draw: {with: {seed: "\${params.quick}"}}}}}
stages: {draw: {with: {seed: 5}}, all: {uses: draw-faces, matrix: {seed: "\${params.seeds}"}}}`;
    expect(warned(text, { files })).toEqual([]);
    expect(warned(text, { files, profiles: ['quick'] })).toEqual([]);
  });
});

test('loadPipeline() takes a file with more warnings than anybody reads', () => {
  const numbers = Array.from({ length: 1100 }, (_, i) => `0${i + 1}`).join(',');
  const told = warned(`name: x\nstages: {s: {uses: draw-faces, matrix: {x: [${numbers}]}}}`);
  expect(told).toHaveLength(1000);
});

describe('loadPipeline() warns of an entry of exclude that leaves out nothing', () => {
  const drawn = (matrix: string): string =>
    `name: x\nparams: {seeds: [1, 2]}\nprofiles: {quick: {params: {seeds: [1]}}}\nstages:
  draw: {uses: draw-faces, matrix: ${matrix}, with: {seed: "\${matrix.seed}"}}
  like: {uses: draw-faces, matrix: {like: draw}}
  other: {uses: draw-faces, matrix: {seed: "\${params.seeds}"}}`;
  const start = '"exclude" in "matrix" of stage "draw" leaves out nothing here: no combination of the lists has';

  test.each([
    ['of a value that no list has', '{seed: [1, 2], exclude: [{seed: 3}]}', ['5:61 idle-exclude', '"seed=3"']],
    [
      'of values that only come apart',
      '{seed: [1, 2], x: [a, b], exclude: [{seed: 1, x: c}]}',
      ['5:72 idle-exclude', '"seed=1,x=c"'],
    ],
    [
      'of one that only "include" has',
      '{seed: [1, 2], exclude: [{seed: 9}], include: [{seed: 9}]}',
      ['5:61 idle-exclude', '"seed=9"'],
    ],
    [
      'of text where the list has a number',
      '{seed: [1, 2], exclude: [{seed: "2"}]}',
      ['5:61 idle-exclude', '"seed=2"; text is never equal to a number, nor to true or false: see the quotes'],
    ],
  ])('%s', (_, matrix, [place, words]) => {
    expect(warned(drawn(matrix))).toEqual([`${place!} ${start} ${words!}`]);
    expect(loadToy(drawn(matrix))).toMatchObject({ ok: true, warnings: [{ code: 'idle-exclude' }] });
  });

  test('also where a profile has taken the value from the list', () => {
    const text = drawn('{seed: "${params.seeds}", exclude: [{seed: 2}]}');
    expect(warned(text)).toEqual([]);
    expect(warned(text, { profiles: ['quick'] })).toEqual([expect.stringContaining(`${start} "seed=2"`)]);
  });
});

describe('loadPipeline() warns of a stage that is ended before it uses what it says that it needs', () => {
  const drawn = (keys: string, top = ''): string => `name: x\n${top}\nstages:\n  draw: {uses: draw-faces, ${keys}}`;
  const start =
    '4:3 low-limit Stage "draw" needs 3.0 GB of memory by its "resources", and is ended when it uses 1.0 GB';

  test('by limits of its own', () => {
    const keys = 'limits: {memory: 1GB}, resources: {memory: 3GB}';
    expect(warned(drawn(keys))).toEqual([`${start} by its "limits": raise the limit, or set less aside`]);
    expect(loadToy(drawn(keys))).toMatchObject({ ok: true, warnings: [{ code: 'low-limit' }] });
  });

  test('by limits of the file, and of a profile', () => {
    const told = [expect.stringContaining(`${start} by the "limits" beside "stages"`)];
    const keys = 'resources: {memory: 3GB}';
    expect(warned(drawn(keys, 'limits: {memory: 1GB}'))).toEqual(told);
    const profile = 'profiles: {tight: {limits: {memory: 1GB}}}';
    expect(warned(drawn(keys, profile))).toEqual([]);
    expect(warned(drawn(keys, profile), { profiles: ['tight'] })).toEqual(told);
  });

  test('with enough digits to see the difference', () => {
    const [told] = warned(drawn('limits: {memory: 1999.9MB}, resources: {memory: 2000MB}'));
    expect(told).toContain('needs 2,000,000,000 bytes of memory');
    expect(told).toContain('when it uses 1,999,900,000 bytes by its');
  });

  test.each(['limits: {memory: 3GB}, resources: {memory: 3GB}', 'limits: {memory: 1GB}', 'resources: {memory: 3GB}'])(
    'not of %s',
    keys => expect(warned(drawn(keys))).toEqual([]),
  );
});

describe('loadPipeline() reads numbers of the environment as --set does', () => {
  const text = 'name: x\nenv: [SEED]\nstages: {draw: {uses: draw-faces, with: {seed: "${env:SEED}"}}}';
  test.each([
    ['0x10', 16],
    ['0o17', 15],
    ['1e3', 1000],
    ['+7', 7],
  ])('%s', (value, seed) => {
    const fromEnvironment = loadToy(text, { env: { SEED: value } });
    const fromArgument = loadToy(withSeed('1'), { set: { seed: value } });
    for (const result of [fromEnvironment, fromArgument]) {
      expect(result).toMatchObject({ ok: true, pipeline: { steps: [{ options: { seed } }] }, warnings: [] });
    }
  });
});
