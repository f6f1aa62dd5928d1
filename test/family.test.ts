import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { LAYOUTS } from '../src/datasets/layouts';
import { AUTO, family, isMember, memberOption, memberOrAuto, memberWithOptions, type AnyFamily } from '../src/family';
import { integer, list, object } from '../src/kit/options';
import { METRICS } from '../src/evaluation/metrics';
import { AUGMENTATIONS } from '../src/learning/augmentations';
import { SPREADS } from '../src/evaluation/spreads';
import { ENGINES } from '../src/learning/engines';
import { LOSSES } from '../src/learning/losses';
import { OPTIMISERS } from '../src/learning/optimisers';
import { SAMPLERS } from '../src/learning/samplers';
import { SCHEDULES } from '../src/learning/schedules';
import { STUDENTS } from '../src/learning/students';
import { EXECUTORS } from '../src/workflow/executors';
import { PAGES } from '../src/reports/pages';
import { SECTIONS } from '../src/reports/sections';
import { WRITERS } from '../src/reports/writers';
import { namedMembers } from '../src/workflow/keys/named-members';
import { LOGGERS } from '../src/workflow/loggers';
import { TRACKERS } from '../src/workflow/trackers';
import { ALL_ENGINES, ALL_STUDENTS } from './helpers/families';
import { readSources } from './helpers/sources';

const ROOT = join(__dirname, '..');
interface Listing {
  readonly folder: string;
  readonly list: AnyFamily;
  readonly contract: string;
  readonly suite: string;
}

/** Every family: its folder with the list, the contract that its members keep, and the tests that go over all of them. */
const FAMILIES: readonly Listing[] = [
  {
    ...{ folder: 'src/learning/engines', list: ENGINES },
    ...{ contract: 'src/learning/engines/engine.ts', suite: 'test/learning/engines/index.test.ts' },
  },
  {
    ...{ folder: 'src/datasets/layouts', list: LAYOUTS },
    ...{ contract: 'src/datasets/layouts/layout.ts', suite: 'test/datasets/layouts/index.test.ts' },
  },
  {
    ...{ folder: 'src/learning/students', list: STUDENTS },
    ...{ contract: 'src/learning/networks/layer.ts', suite: 'test/learning/students/index.test.ts' },
  },
  {
    ...{ folder: 'src/workflow/executors', list: EXECUTORS },
    ...{ contract: 'src/workflow/executors/executor.ts', suite: 'test/workflow/executors/index.test.ts' },
  },
  {
    ...{ folder: 'src/workflow/loggers', list: LOGGERS },
    ...{ contract: 'src/workflow/loggers/logger.ts', suite: 'test/workflow/loggers/index.test.ts' },
  },
  {
    ...{ folder: 'src/workflow/trackers', list: TRACKERS },
    ...{ contract: 'src/workflow/trackers/tracker.ts', suite: 'test/workflow/trackers/index.test.ts' },
  },
  {
    ...{ folder: 'src/evaluation/metrics', list: METRICS },
    ...{ contract: 'src/evaluation/metrics/metric.ts', suite: 'test/evaluation/metrics/index.test.ts' },
  },
  {
    ...{ folder: 'src/evaluation/spreads', list: SPREADS },
    ...{ contract: 'src/evaluation/spreads/spread.ts', suite: 'test/evaluation/spreads/index.test.ts' },
  },
  {
    ...{ folder: 'src/reports/sections', list: SECTIONS },
    ...{ contract: 'src/reports/section.ts', suite: 'test/reports/sections/index.test.ts' },
  },
  {
    ...{ folder: 'src/reports/writers', list: WRITERS },
    ...{ contract: 'src/reports/writer.ts', suite: 'test/reports/writers/index.test.ts' },
  },
  {
    ...{ folder: 'src/reports/pages', list: PAGES },
    ...{ contract: 'src/reports/writer.ts', suite: 'test/reports/pages/index.test.ts' },
  },
  {
    ...{ folder: 'src/learning/losses', list: LOSSES },
    ...{ contract: 'src/learning/losses/loss.ts', suite: 'test/learning/losses/index.test.ts' },
  },
  {
    ...{ folder: 'src/learning/optimisers', list: OPTIMISERS },
    ...{ contract: 'src/learning/optimisers/optimiser.ts', suite: 'test/learning/optimisers/index.test.ts' },
  },
  {
    ...{ folder: 'src/learning/schedules', list: SCHEDULES },
    ...{ contract: 'src/learning/schedules/schedule.ts', suite: 'test/learning/schedules/index.test.ts' },
  },
  {
    ...{ folder: 'src/learning/samplers', list: SAMPLERS },
    ...{ contract: 'src/learning/samplers/sampler.ts', suite: 'test/learning/samplers/index.test.ts' },
  },
  {
    ...{ folder: 'src/learning/augmentations', list: AUGMENTATIONS },
    ...{ contract: 'src/learning/augmentations/augmentation.ts', suite: 'test/learning/augmentations/index.test.ts' },
  },
];

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

describe('memberOrAuto()', () => {
  const toys = family('toys', { ball: { summary: 'round' }, cube: { summary: 'square' } });
  const schema = object('Options', { first: memberOrAuto(toys, 'A toy'), second: memberOrAuto(toys, 'Another') });

  test('is the option that names a member or leaves it to the stage', () => {
    expect(memberOrAuto(toys, 'A toy')).toEqual({
      ...{ type: 'string', enum: ['auto', 'ball', 'cube'], family: 'toys', default: 'auto', description: 'A toy' },
    });
  });

  test('names nothing, so that all members count, while one of them is left open', () => {
    expect(namedMembers(schema, { first: 'ball', second: 'cube' })).toEqual({ toys: ['ball', 'cube'] });
    expect(namedMembers(schema, { first: 'ball', second: 'auto' })).toEqual({});
    expect(namedMembers(schema, { first: 'auto', second: 'ball' })).toEqual({});
  });
});

describe('memberWithOptions()', () => {
  const ball = { summary: 'a round toy', options: object('Round', { radius: integer('In mm', { default: 3 }) }) };
  const cube = { summary: 'a square toy', options: object('Square', { edge: integer('In mm') }) };
  const toys = family('toys', { ball, cube });

  test('is a map whose tag names the member and whose other options are those of the member', () => {
    const option = memberWithOptions(toys, 'toy', 'A toy', { default: { toy: 'ball' } });
    expect(option).toMatchObject({ default: { toy: 'ball' }, discriminator: { propertyName: 'toy' } });
    const ajv = new Ajv({ discriminator: true, useDefaults: true, keywords: ['family'] });
    const validate = ajv.compile(object('Options', { chosen: option }));
    const [none, wrong] = [{}, { chosen: { toy: 'ball', edge: 1 } }];
    expect([validate(none), none, validate(wrong)]).toEqual([true, { chosen: { toy: 'ball', radius: 3 } }, false]);
  });

  test('makes the members count that it names, at any depth', () => {
    const terms = list('Toys', memberWithOptions(toys, 'toy', 'A toy'));
    const schema = object('Options', { terms });
    expect(
      namedMembers(schema, {
        terms: [
          { toy: 'cube', edge: 1 },
          { toy: 'cube', edge: 2 },
        ],
      }),
    ).toEqual({ toys: ['cube'] });
  });
});

describe.each(FAMILIES)('the family in $folder', ({ folder, list: { kind, names, members }, contract, suite }) => {
  test('is named as its folder', () => {
    expect(folder.split('/').at(-1)).toBe(kind);
  });

  // Its text counts in no key, so nothing that computes may stand in it.
  test('has an index that holds nothing but the list', () => {
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

  test('says of each member in a line what it is, and has it at hand or loads it', async () => {
    for (const name of names) {
      const { summary, load, ...own } = members[name] as { summary: string; load?: () => Promise<unknown> };
      expect(summary).toMatch(/^\S.{9,89}$/);
      if (load) expect(await load()).toEqual(expect.any(Object));
      else expect(Object.values(own).some(each => typeof each === 'function')).toBe(true);
    }
  });

  // An option would not tell whether the member is meant.
  test('has no member that is called as the choice of a stage', () => {
    expect(names).not.toContain(AUTO);
  });

  test('has a contract, and tests that go over the list', () => {
    expect(readFileSync(join(ROOT, contract), 'utf8')).toMatch(/^export (interface|type) /m);
    const lists = new RegExp(`\\b(ALL_)?${kind.replaceAll('-', '_').toUpperCase()}\\b`);
    expect(readFileSync(join(ROOT, suite), 'utf8')).toMatch(lists);
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
