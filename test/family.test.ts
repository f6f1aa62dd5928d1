import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { describe, expect, test } from '@jest/globals';
import { family, isMember, memberOption } from '../src/family';
import { ENGINES } from '../src/learning/engines';
import { STUDENTS } from '../src/learning/students';
import { ALL_ENGINES, ALL_STUDENTS } from './helpers/families';
import { readSources } from './helpers/sources';

const ROOT = join(__dirname, '..');
const LISTS = [
  ['src/learning/engines', ENGINES],
  ['src/learning/students', STUDENTS],
] as const;

describe('family()', () => {
  const toys = family('toys', {
    ball: { summary: 'round', load: () => Promise.resolve(1) },
    cube: { summary: 'square', load: () => Promise.resolve(2) },
  });

  test('keeps the order of the list, and knows its members', async () => {
    expect(toys.names).toEqual(['ball', 'cube']);
    expect(await toys.members.cube.load()).toBe(2);
    expect(['ball', 'toString', '__proto__', ''].map(name => isMember(toys, name))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('gives the option that names a member, and says of which family', () => {
    expect(memberOption(toys, { description: 'A toy', fallback: 'ball' })).toEqual({
      ...{ type: 'string', enum: ['ball', 'cube'], family: 'toys', default: 'ball', description: 'A toy' },
    });
  });
});

describe.each(LISTS)('the list in %s', (folder, { kind, names, members }) => {
  test('is named as its folder', () => {
    expect(folder.split('/').at(-1)).toBe(kind);
  });

  // Its text counts in no key, so nothing that computes may stand in it.
  test('holds nothing but the list', () => {
    const path = join(ROOT, folder, 'index.ts');
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
    const others = file.statements.filter(
      one =>
        !ts.isImportDeclaration(one) &&
        !ts.isTypeAliasDeclaration(one) &&
        !/^export const [A-Z_]+ = family\('[a-z-]+', \{[^]*\}\);$/.test(one.getText(file)),
    );
    expect(others.map(one => one.getText(file))).toEqual([]);
  });

  test('says of each member in a line what it is, and loads it', async () => {
    for (const name of names) {
      const { summary, load } = (members as Record<string, { summary: string; load: () => Promise<unknown> }>)[name]!;
      expect(summary).toMatch(/^\S.{9,89}$/);
      expect(await load()).toEqual(expect.any(Object));
    }
  });
});

test('the members that other tests load at once are those of the lists', async () => {
  expect(ALL_STUDENTS.map(({ name }) => name)).toEqual([...STUDENTS.names]);
  for (const student of ALL_STUDENTS) {
    expect(isMember(STUDENTS, student.name) && (await STUDENTS.members[student.name].load())).toBe(student);
  }
  expect(Object.keys(ALL_ENGINES)).toEqual([...ENGINES.names]);
  for (const name of ENGINES.names) expect(await ENGINES.members[name].load()).toBe(ALL_ENGINES[name]);
});

// A new engine is one folder and one line; a fact that stands elsewhere would be forgotten there.
test('no file outside of the engines knows one by its name', () => {
  const folder = 'src/learning/engines/';
  const names = new RegExp(`\\b(${ENGINES.names.filter(name => name !== 'cpu').join('|')})\\b`);
  const found = readSources(ROOT, ['src', 'stages'])
    .map(({ path }) => path)
    .filter(path => !path.startsWith(folder))
    .flatMap(path => stringsOf(join(ROOT, path)).map(text => `${path}: ${text}`))
    // The name of a package is none of an engine.
    .filter(line => names.test(line.replace(/@tensorflow\/[a-z-]+/g, '')));
  expect(found).toEqual([]);
});

function stringsOf(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
