import { afterAll, describe, expect, test } from '@jest/globals';
import { marked } from '../../helpers/marked';
import { refused, type Rest } from './load-toy';

/** What stands under a parameter, with the part that is to be shown between « and ». */
const ATTACKS: readonly (readonly [name: string, code: string, value: string])[] = [
  ['a bomb of aliases', 'too-many-aliases', bomb(9)],
  ['an anchor that has itself in it', 'too-deep', '&a [«*»a]'],
  ['lists nested deeply', 'too-deep', `${'['.repeat(31)}«[»${'['.repeat(100_000)}`],
  ['maps nested deeply', 'too-deep', `${'{a: '.repeat(31)}«{»${'a: {'.repeat(50_000)}`],
  ['more tokens than are read', 'too-many-values', `[${'a,'.repeat(150_000)}]`],
  ['more values than are read', 'too-many-values', `&a [${'a,'.repeat(20_000)}]\n  b: [*a, *a, *a, *a, *a]`],
  ['a prototype as a key', 'forbidden-key', '{«__proto__»: {polluted: 1}}'],
  ['a constructor as a key', 'forbidden-key', '{a: [{«constructor»: {prototype: {polluted: 1}}}]}'],
  ['a quoted prototype as a key', 'forbidden-key', '{«"__pro\\u0074o__"»: {polluted: 1}}'],
  ['an escape of the terminal in a key', 'control-character', '{«"a\\e[2J"»: 1}'],
  ['a zero in a key', 'control-character', '{«"a\\0b"»: 1}'],
  ['a right-to-left mark in a key', 'control-character', '{«"a\\u202eb"»: 1}'],
  ['a line end in a key', 'control-character', '{«"a\\nb"»: 1}'],
  ['a tag that would run code', 'unsupported-tag', '!!js/function «"function () { throw 1 }"»'],
  ['a tag of Python', 'unsupported-tag', '!!python/object/apply:os.system «[ls]»'],
  ['a number that is none', 'bad-number', '«.inf»'],
  ['a number that would change', 'bad-number', '«123456789012345678901234567890»'],
  ['an unknown alias', 'unknown-alias', '«*a»'],
  ['two documents', 'several-documents', '1\n«---»\nname: b'],
  ['endless mistakes of syntax', 'yaml-syntax', `«]»${']'.repeat(100_000)}`],
  ['a key twice', 'duplicate-key', '1\n  «x»: 2'],
];

/** Each level has ten aliases of the one before: 10 ** levels values. */
function bomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, i) => `  a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`);
  // The first hundred are those of the first level, and nine aliases of the second.
  lines[1] = lines[1]!.replace(/^(.*?\[(?:\*a1, ){8})\*a1/, '$1«*a1»');
  return `&a0 [x]\n${lines.join('\n')}`;
}

const STAGES = 'stages: {a: {uses: draw-faces}}\n';

/** By kind of file: where it is named, and what stands round the parameter `x` in it. */
const KINDS: Readonly<
  Record<string, (value: string) => { main: string; files: Record<string, string>; file: string }>
> = {
  'the pipeline file': value => ({ main: `name: a\n${STAGES}params:\n  x: ${value}\n`, files: {}, file: 'toy.yaml' }),
  'an extended file': value => ({
    main: `name: a\nextends: other.yaml\n${STAGES}`,
    files: { 'other.yaml': `params:\n  x: ${value}\n` },
    file: 'other.yaml',
  }),
  'an imported file': value => ({
    main: `name: a\nimports: {o: other.yaml}\n${STAGES}`,
    files: { 'other.yaml': `${STAGES}params:\n  x: ${value}\n` },
    file: 'other.yaml',
  }),
  'a file of parameters': value => ({
    main: `name: a\nparamsFiles: [other.yaml]\n${STAGES}`,
    files: { 'other.yaml': `y: 1\nz:\n  x: ${value}\n` },
    file: 'other.yaml',
  }),
};

const CASES = Object.keys(KINDS).flatMap(kind => ATTACKS.map(attack => [kind, ...attack] as const));

describe('loadPipeline() refuses, with a position', () => {
  let [cases, slowest] = [0, 0];
  const timed = (text: string, rest: Rest) => {
    const before = process.cpuUsage();
    const diagnostics = refused(text, rest);
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1000);
    cases++;
    return diagnostics;
  };

  afterAll(() => {
    process.stdout.write(`hostile files: ${cases} cases, the slowest took ${slowest.toFixed(0)} ms of processor\n`);
  });

  test.each(CASES)('in %s: %s', (kind, _name, code, value) => {
    const { main, files, file } = KINDS[kind]!(value);
    const hasPlace = value.includes('«');
    const where = marked(file === 'toy.yaml' ? main : files[file]!);
    const plain = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replace(/[«»]/g, '')]));
    const [diagnostic] = timed(main.replace(/[«»]/g, ''), { files: plain });
    expect(diagnostic).toMatchObject({ code, file: `/proj/here/${file}` });
    if (hasPlace) expect(diagnostic).toMatchObject({ line: where.line, column: where.column });
    expect(diagnostic!.line).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each(Object.keys(KINDS))('in %s: more than a megabyte', kind => {
    const { main, files, file } = KINDS[kind]!('1');
    const large = { ...files, [file]: `${file === 'toy.yaml' ? main : files[file]!}# ${'x'.repeat(50_000_000)}` };
    const [diagnostic] = timed(large['toy.yaml'] ?? main, { files: large });
    expect(diagnostic).toMatchObject({ code: 'file-too-large' });
  });

  test('a megabyte of several files together, at the one that is too much', () => {
    const files = Object.fromEntries(
      ['b', 'c', 'd'].map(name => [`${name}.yaml`, `params: {}\n# ${'x'.repeat(400_000)}`]),
    );
    expect(timed(`name: a\nextends: [b.yaml, c.yaml, d.yaml]\n${STAGES}`, { files })).toMatchObject([
      { code: 'file-too-large', file: '/proj/here/d.yaml', line: 1 },
    ]);
  });

  test('tokens, values and aliases of several files together', () => {
    const values = `params: {x: &a [${'1,'.repeat(12)}], y: [${'*a,'.repeat(40)}]}`;
    const files = { 'b.yaml': values, 'c.yaml': values, 'd.yaml': values };
    expect(timed(`name: a\nextends: [b.yaml, c.yaml, d.yaml]\n${STAGES}`, { files })).toMatchObject([
      { code: 'too-many-aliases', file: '/proj/here/d.yaml', line: 1 },
    ]);
  });

  test('files that import each other twice, which would be 2 ** 40 of them', () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`f${i}.yaml`, `imports: {x: f${i + 1}.yaml, y: f${i + 1}.yaml}`]),
    );
    const diagnostics = timed('name: a\nimports: {x: f0.yaml}', { files: { ...files, 'f40.yaml': STAGES } });
    expect(new Set(diagnostics.map(({ code }) => code))).toContain('too-many-files');
    expect(diagnostics[0]!.line).toBe(1);
  });

  test('more than 64 files', () => {
    const files = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`f${i}.yaml`, 'params: {}']));
    const diagnostics = timed(`name: a\nextends: [${Object.keys(files).join(', ')}]\n${STAGES}`, { files });
    expect(diagnostics).toMatchObject([{ code: 'too-many-files', line: 2 }]);
  });

  test('a matrix of more cells than there are atoms', () => {
    const keys = Array.from({ length: 16 }, (_, i) => `k${i}: [${'1,'.repeat(3000)}]`).join(', ');
    expect(timed(`name: a\nstages: {a: {uses: draw-faces, matrix: {${keys}}}}`, {})).toMatchObject([
      { code: 'too-many-stages', line: 2, column: 1 },
    ]);
  });

  test('cells that would each hold a large value', () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => i).join(',');
    const text = (value: string) =>
      `name: a\nparams: {x: ${value}}\nstages: {a: {uses: mix-sets, matrix: {k: [${numbers}]}, with: {note: "\${params.x}"}}}`;
    expect(timed(text(`[${'1,'.repeat(20_000)}]`), {})[0]).toMatchObject({ code: 'missing-input', line: 3 });
    expect(timed(text(`[${'1,'.repeat(20_000)}]`), {}).map(({ code }) => code)).toContain('too-many-values');
    expect(timed(text('y'.repeat(500_000)), {}).map(({ code }) => code)).toContain('too-many-values');
  });

  test('a text that inserts a large text again and again', () => {
    const text = `name: a\nparams: {x: ${'y'.repeat(400_000)}}\nstages: {a: {uses: mix-sets, with: {note: "${'${params.x}'.repeat(40_000)}"}}}`;
    expect(timed(text, {}).map(({ code }) => code)).toContain('too-many-values');
  });

  test('a list whose items would all be compared with each other', () => {
    const text = `name: a\nstages: {a: {uses: draw-faces, with: {groups: [${'A,'.repeat(60_000)}]}}}`;
    expect(timed(text, {})).toMatchObject([{ code: 'too-many-values', line: 2 }]);
  });

  test('thousands of stages, each with a mistake that has to be explained', () => {
    const stage = (i: number) => `  stage-${i}: {uses: align-faces, in: {photos: stage-${i}x}}`;
    const text = ['name: a', 'stages:', ...Array.from({ length: 7000 }, (_, i) => stage(i))].join('\n');
    expect(timed(text, {})).toHaveLength(1000);
  });

  test('a circle through thousands of stages, and thousands that hang on it', () => {
    const chain = Array.from(
      { length: 3500 },
      (_, i) => `  c${i}: {uses: read-faces, in: {photos: c${(i + 1) % 3500}.photos}}`,
    );
    const hanging = Array.from({ length: 3500 }, (_, i) => `  h${i}: {uses: read-faces, in: {photos: c${i}.photos}}`);
    expect(timed(['name: a', 'stages:', ...hanging, ...chain].join('\n'), {})).toMatchObject([
      { code: 'cycle', line: 3503 },
    ]);
  });

  test('a chain of like through thousands of stages', () => {
    const stage = (i: number) => `  s${i}: {uses: draw-faces, matrix: {like: s${i + 1}}}`;
    const text = ['name: a', 'stages:', ...Array.from({ length: 7000 }, (_, i) => stage(i))].join('\n');
    expect(timed(text, {})).toMatchObject([{ code: 'unknown-step', line: 7002 }]);
  });

  test.each([
    ['reserved-name', 'name: «runs»'],
    ['reserved-name', 'name: «.store»'],
    ['bad-name', 'name: «..»'],
    ['bad-name', 'name: «"a\\u0007"»'],
    ['bad-name', 'name: «a/b»'],
    ['bad-name', `name: «${'a'.repeat(300)}»`],
    ['control-character', 'name: a\n«"extends\\u200b"»: x.yaml'],
    ['control-character', 'name: a\nprofiles: {«"p\\u0000"»: {}}'],
    ['control-character', 'name: a\nimports: {«"p\\u001b"»: x.yaml}'],
    ['bad-name', 'name: a\nenv: [«"A\\u0000B"»]'],
    ['bad-name', 'name: a\nsecrets: [«"A=B"»]'],
    ['bad-name', 'name: a\nprofiles: {«../x»: {}}'],
    ['bad-name', 'name: a\nimports: {«../x»: lib.yaml}'],
  ])('%s: %s', (code, source) => {
    const { text, line, column } = marked(`${source}\nstages: {a: {uses: draw-faces}}`);
    expect(timed(text, { files: { 'lib.yaml': STAGES } })).toMatchObject([{ code, line, column }]);
  });
});
