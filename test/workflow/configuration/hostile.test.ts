import { describe, expect, test } from '@jest/globals';
import { printDiagnostics } from '../../../src/workflow/configuration/read/diagnostics';
import { accepted, loadToy, refused } from './load-toy';

const FILE = 'name: a\nstages: {a: {uses: draw-faces}}\n';

/** `levels` lists in each other. */
function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

/** Each level has ten aliases of the one before: 10 ** levels values. */
function bomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, i) => `  a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`);
  return `name: a\nparams:\n  a0: &a0 [x]\n${lines.join('\n')}\nstages: {a: {uses: draw-faces}}`;
}

describe('loadPipeline() with a hostile file', () => {
  test('refuses more than a megabyte before it parses', () => {
    const text = FILE + '# '.repeat(25_000_000);
    const diagnostics = refused(text);
    expect(diagnostics).toMatchObject([{ code: 'file-too-large', line: 1, column: 1, length: 1 }]);
    expect(printDiagnostics(diagnostics, path => path)).toContain('toy.yaml:1:1 ');
  });

  test('refuses a bomb of aliases', () => {
    expect(refused(bomb(9))).toMatchObject([{ code: 'too-many-aliases', line: 5, column: 52 }]);
  });

  test('refuses a few aliases of something large', () => {
    const large = `[${'x, '.repeat(20_000)}]`;
    const text = `name: a\nparams: {a: &a ${large}, b: [*a, *a, *a, *a, *a, *a]}\nstages: {a: {uses: draw-faces}}`;
    expect(refused(text)).toMatchObject([{ code: 'too-many-values', line: 2 }]);
  });

  test('refuses an anchor that has itself in it', () => {
    expect(refused(`name: a\nparams: {a: &a [*a]}\nstages: {a: {uses: draw-faces}}`)).toMatchObject([
      { code: 'too-deep', line: 2, column: 17 },
    ]);
  });

  test('takes lists 32 levels deep, counted from the file, and refuses 33', () => {
    const text = (levels: number) => `name: a\nparams: {a: ${nested(levels)}}\nstages: {a: {uses: draw-faces}}`;
    expect(accepted(text(30)).steps).toHaveLength(1);
    expect(refused(text(31))).toMatchObject([{ code: 'too-deep', line: 2, column: 13 + 30 }]);
  });

  test.each([
    ['flow lists', '['],
    ['flow maps', '{a: '],
    ['block lists', '- '],
    ['keys', '? '],
    ['keys in flow lists', '[? '],
  ])('refuses endless nesting of %s at the level that is too deep', (_name, opening) => {
    const diagnostics = refused(opening.repeat(200_000));
    expect(diagnostics).toMatchObject([{ code: 'too-deep', line: 1 }]);
    expect(diagnostics[0]!.column).toBeLessThan(40 * opening.length);
  });

  test('refuses more tokens than it would read', () => {
    expect(refused(`[${'a,'.repeat(150_000)}]`)).toMatchObject([{ code: 'too-many-values', line: 1 }]);
  });

  test('shows a few of endless mistakes of syntax, one a line', () => {
    expect(refused(']'.repeat(100_000))).toMatchObject([{ code: 'yaml-syntax', line: 1, column: 1 }]);
    const lines = refused(`name: a\n${']\n'.repeat(20)}`);
    expect(lines.map(({ code, line }) => [code, line])).toEqual([2, 3, 4, 5, 6].map(line => ['yaml-syntax', line]));
  });

  test('refuses more stages than it would order', () => {
    const stages = Array.from({ length: 10_001 }, (_, i) => `  s${i}: {uses: draw-faces}`);
    const diagnostics = refused(['name: a', 'stages:', ...stages].join('\n'));
    expect(diagnostics).toMatchObject([{ code: 'too-many-stages', line: 2, column: 1 }]);
  });

  test('shows the first fifty of a thousand mistakes', () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `zzz${i}: 1\n`).join('');
    const text = FILE + keys;
    const diagnostics = refused(text);
    expect(diagnostics).toHaveLength(1000);
    const shown = printDiagnostics(diagnostics, path => path);
    expect(shown.match(/Unknown key/g)).toHaveLength(50);
    expect(shown).toContain('… and 950 more');
  });

  test('never lets a control character through to the terminal', () => {
    const text = 'name: "\\u001b[31m"\n\u001b[2J\u0007key\u202e: 1\nstages: {a: {uses: "\\u009b2J"}}\n';
    const shown = printDiagnostics(refused(text), path => `${path}\u001b]0;x\u0007.yaml`);
    expect(shown).toContain('\\u001b[31m');
    expect(shown).toContain('\\u009b2J');
    expect(shown.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('does not change the prototype of anything', () => {
    const text =
      'name: a\nparams: {__proto__: {polluted: 1}}\nstages: {__proto__: {uses: draw-faces, with: {__proto__: {polluted: 1}}}}';
    loadToy(text, { set: { '__proto__.polluted': '1' } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('accepts names and texts in any script where texts are free', () => {
    const text = `name: a
params: {größe: 1}`;
    expect(refused(`${text}\nstages: {a: {uses: draw-faces}}`)).toMatchObject([
      { code: 'bad-name', line: 2, column: 10 },
    ]);
    const free = 'name: a\ndescription: 顔 🙂 é\nstages: {a: {uses: draw-faces}}';
    expect(accepted(free).steps).toHaveLength(1);
  });
});

test('loadPipeline() says once that the only stage has a name that cannot be', () => {
  const codes = refused('name: a\nstages: {"a\\u0007b": {uses: draw-faces}}\n').map(({ code }) => code);
  expect(codes).toEqual(['control-character']);
});
