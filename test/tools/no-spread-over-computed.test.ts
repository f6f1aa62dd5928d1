import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Linter, type Rule } from 'eslint';
import { createProgram } from 'typescript';
import { parser } from 'typescript-eslint';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const rule = require('../../tools/no-spread-over-computed') as Rule.RuleModule;

const REFUSED = [
  '{ rate: f(), ...options }',
  '{ factors: [1], rate, ...options, more: 1 }',
  '{ rate, ...holder.options }',
  '{ kind: KIND, ...options }',
];
const ALLOWED = [
  '{ ...options, rate: f() }',
  '{ kind: "a", count: -1, ...options }',
  '{ momentum: f(), ...options }',
  '{ rate, ...anything }',
  '{ rate, ...(f() > 1 && { momentum: 1 }) }',
  '{ rate, ...inView }',
  '{ rate, ...made() }',
];

const PRELUDE = `
interface Options { readonly momentum: number }
declare const options: Options, holder: { readonly options: Options }, anything: Record<string, number>;
declare function f(): number;
declare function made(): Options;
declare const rate: number, KIND: string;
const inView = f() > 1 ? { momentum: 1 } : { momentum: 2, decay: f() };
`;

/** Those of the expressions that are refused. All are checked at once: a program of TypeScript takes a second to make. */
function refused(expressions: readonly string[]): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'fairdistill-rule-')), 'sample.ts');
  const text = expressions.map((expression, i) => `export const sample${i} = ${expression};\n`).join('') + PRELUDE;
  writeFileSync(file, text);
  const programs = [createProgram([file], { strict: true, types: [] })];
  const config: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser, parserOptions: { programs } },
    plugins: { ours: { rules: { 'no-spread-over-computed': rule } } },
    rules: { 'ours/no-spread-over-computed': 'error' },
  };
  const found = new Linter({ cwd: dirname(file) }).verify(text, [config], { filename: file });
  return found.map(({ line, message }) => {
    expect(message).toContain('spread first, or name the fields');
    return expressions[line - 1]!;
  });
}

test('no-spread-over-computed refuses what may take the place of a computed field, and nothing else', () => {
  expect(refused([...REFUSED, ...ALLOWED])).toEqual(REFUSED);
});
