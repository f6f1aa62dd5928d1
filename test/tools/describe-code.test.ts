import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { STAGES } from '../../stages';
import { ENGINES } from '../../src/learning/engines';
import { STUDENTS } from '../../src/learning/students';
import { readCodeFacts } from '../../tools/code-facts';
import { describeRepository, describeToy, REPOSITORY } from './compiled';

/** A stage that reaches `far` through two others, and one that reaches nothing. */
const TOY = {
  'stages/index.ts': `import { paint } from './paint'; import { rest } from './rest'; export const all = [paint, rest];`,
  'stages/paint.ts': `export const paint = async () => (await import('../src/near')).near();`,
  'stages/rest.ts': `import { readFileSync } from 'node:fs'; import sharp from 'sharp'; export const rest = [readFileSync, sharp];`,
  'src/near.ts': `import { middle } from './middle'; export const near = (): number => middle(1);`,
  'src/middle.ts': `export { far as middle } from './far';`,
  'src/far.ts': `/** Doubles. */\nexport function far(x: number): number {\n  return 2 * x;\n}`,
};

const paintOf = (changes: Readonly<Record<string, string>> = {}, listed = {}) =>
  describeToy({ ...TOY, ...changes }, { facts: { listed, folders: {} } }).stages['paint']!;

describe('describeCode()', () => {
  test('names every module that a stage can load, its own first, and its packages', () => {
    const { stages, families } = describeToy(TOY);
    expect(Object.keys(stages)).toEqual(['paint', 'rest']);
    expect(Object.keys(stages['paint']!.modules)).toEqual(['stages/paint', 'src/far', 'src/middle', 'src/near']);
    expect(stages['rest']).toMatchObject({ modules: { 'stages/rest': expect.stringMatching(/^[0-9a-f]{32}$/) } });
    expect([stages['paint']!.packages, stages['rest']!.packages]).toEqual([[], ['sharp']]);
    expect(families).toEqual({});
  });

  test.each([
    ['a comment', `// Twice as much.\nexport function far(x: number): number {\n  return /* two */ 2 * x;\n}`],
    ['formatting', `export function far( x : number, ) : number { return 2*x }`],
    ['a type', `type Count = number;\nexport function far(x: Count): Count {\n  return 2 * x;\n}`],
  ])('does not count %s', (_, changed) => {
    expect(paintOf({ 'src/far.ts': changed })).toEqual(paintOf());
  });

  test.each([
    ['number', `export function far(x: number): number { return 3 * x; }`],
    ['operator', `export function far(x: number): number { return 2 + x; }`],
    ['statement', `export function far(x: number): number { far.length; return 2 * x; }`],
  ])('counts a changed %s three imports away, and says where', (_, changed) => {
    const [before, after] = [paintOf().modules, paintOf({ 'src/far.ts': changed }).modules];
    expect(Object.keys(after).filter(name => after[name] !== before[name])).toEqual(['src/far']);
    expect(describeToy({ ...TOY, 'src/far.ts': changed }).stages['rest']).toEqual(describeToy(TOY).stages['rest']);
  });

  test.each([
    ["const a = 'x  y';", "const a = 'x y';"],
    ['const a = /x  y/;', 'const a = /x y/;'],
    ['const a = `x  ${1} y`;', 'const a = `x ${1} y`;'],
    ["const a = '// b';", "const a = '// c';"],
    ['const a = [1, ,];', 'const a = [1, ];'],
    ['const a = [,];', 'const a = [];'],
    ['let a = 1; a-- - 1;', 'let a = 1; a - - -1;'],
    ['return_(\n1);', 'return_;\n(1);'],
  ])('tells %j from %j', (before, after) => {
    const text = (code: string) => ({ 'src/far.ts': `export const far = 1; declare let return_: any; ${code}` });
    expect(paintOf(text(before)).modules['src/far']).not.toBe(paintOf(text(after)).modules['src/far']);
  });

  test.each([
    ["const a = 'it';", 'const a = "it";'],
    ['const a = [1, 2];', 'const a = [\n  1,\n  2,\n];'],
    ['const a = { b: 1 };', 'const a = {\n  b: 1,\n};'],
    ['const a = x => x;', 'const a = (x) => x;'],
    ['const a = async x => x;', 'const a = async (x,) => x;'],
  ])('takes %j and %j for the same', (before, after) => {
    const text = (code: string) => ({ 'src/far.ts': `export const far = 1; ${code}` });
    expect(paintOf(text(before))).toEqual(paintOf(text(after)));
  });

  test('follows no import of types', () => {
    const importing = (text: string) =>
      paintOf({ 'src/far.ts': `${text}\n${TOY['src/far.ts']}`, 'src/type.ts': 'export type T = 1;' });
    expect(importing(`import type { T } from './type';`)).toEqual(paintOf());
    expect(importing(`import { type T } from './type'; export type U = T;`).modules['src/far']).toBe(
      paintOf().modules['src/far'],
    );
    expect(importing(`type U = typeof import('./type');`)).toEqual(paintOf());
    expect(Object.keys(importing(`import './type';`).modules)).toContain('src/type');
  });

  test('counts a stage that is a folder: its declaration, and the body behind the door', () => {
    const { stages } = describeToy({
      ...TOY,
      'stages/rest.ts': `export {};`,
      'stages/paint.ts': '',
      'stages/index.ts': `import { paint } from './draw'; export const all = [paint];`,
      'stages/draw/index.ts': `export const paint = { body: () => import('./run') };`,
      'stages/draw/run.ts': `import { near } from '../../src/near'; export const run = near;`,
    });
    expect(Object.keys(stages['draw']!.modules)).toEqual([
      'stages/draw/index',
      'src/far',
      'src/middle',
      'src/near',
      'stages/draw/run',
    ]);
  });

  test('goes round in a circle of imports once', () => {
    const circle = {
      'src/far.ts': `import { near } from './near'; export const far = (x: number): number => x + near.length;`,
    };
    expect(Object.keys(paintOf(circle).modules)).toEqual(['stages/paint', 'src/far', 'src/middle', 'src/near']);
    const self = { 'src/far.ts': `import * as self from './far'; export const far = (): unknown => self;` };
    expect(Object.keys(paintOf(self).modules)).toHaveLength(4);
  });

  test('follows a module that a thread loads, and the index of a folder', () => {
    const far = `export const far = () => require.resolve('./thread'); export * from './folder';`;
    const { modules } = paintOf({
      'src/far.ts': far,
      'src/thread.ts': 'export {}',
      'src/folder/index.ts': 'export {}',
    });
    expect(Object.keys(modules)).toEqual(expect.arrayContaining(['src/thread', 'src/folder/index']));
  });

  test.each([
    ['require(s)', 'export const far = (name: string) => import(name);'],
    ['require(name)', 'export const far = (name: string): unknown => require(name);'],
    ['require.resolve(name)', 'export const far = (name: string) => require.resolve(name);'],
    ['load: require', 'export const far = () => ({ load: require });'],
    ['module.require', 'export const far = (name: string): unknown => module.require(name);'],
    ['createRequire', `import { createRequire } from 'node:module'; export const far = createRequire(__filename);`],
  ])('refuses %s, unless the module is listed', (call, far) => {
    expect(() => paintOf({ 'src/far.ts': far })).toThrow(/^src\/far\.js loads what only its run can tell/);
    expect(() => paintOf({ 'src/far.ts': far }, { 'src/far': 'a test' })).not.toThrow();
    expect(() => paintOf({ 'src/far.ts': far }, { 'src/near': 'a test' })).toThrow(call);
  });

  test('takes a member that is called like it for nothing', () => {
    const far = `export const far = (x: { require: (n: string) => void }, n: string) => x.require(n);`;
    expect(() => paintOf({ 'src/far.ts': far })).not.toThrow();
  });

  test('says which module imports what is not there, and which cannot be parsed', () => {
    expect(() => paintOf({ 'src/far.ts': `import './gone';` })).toThrow('src/far.js loads ./gone, which is not there');
    const read = (path: string) =>
      path === 'stages/index.js' ? `require("./paint")` : path === 'stages/paint.js' ? 'a b' : undefined;
    expect(() => describeToy({}, { read })).toThrow(/^stages\/paint\.js cannot be parsed/);
    expect(() => describeToy({})).toThrow('stages/index.js imports no stage');
  });
});

describe.each([
  ['a file', 'stages/paint.ts', './paint/pictures', '../src'],
  ['a folder', 'stages/paint/index.ts', './pictures', '../../src'],
])('describeCode() of a stage that is %s and has pictures', (_, declaration, specifier, src) => {
  const [file, rest] = [
    `export const paint = { body: () => import('${src}/near'), pictures: () => import('${specifier}') };`,
    TOY['stages/rest.ts'],
  ];
  const PICTURED: Readonly<Record<string, string>> = {
    'stages/index.ts': TOY['stages/index.ts'],
    'stages/rest.ts': rest,
    'src/near.ts': TOY['src/near.ts'],
    'src/middle.ts': TOY['src/middle.ts'],
    'src/far.ts': TOY['src/far.ts'],
    [declaration]: file,
    'stages/paint/pictures.ts': `import sharp from 'sharp'; import { chart } from '../../src/chart'; import { far } from '../../src/far'; export const draw = [sharp, chart, far];`,
    'src/chart.ts': `import { colour } from './palette'; export const chart = colour;`,
    'src/palette.ts': `export const colour = 'red';`,
  };
  const partsOf = (changes: Readonly<Record<string, string>> = {}) => {
    const { pictures, ...stage } = describeToy({ ...PICTURED, ...changes }).stages['paint']!;
    return { stage, pictures };
  };

  test('names what they are drawn by apart, and the palette is no code of the stage', () => {
    const { stage, pictures } = partsOf();
    expect(Object.keys(stage.modules)).toEqual([declaration.replace('.ts', ''), 'src/far', 'src/middle', 'src/near']);
    expect(stage.packages).toEqual([]);
    expect(Object.keys(pictures!.modules)).toEqual(['stages/paint/pictures', 'src/chart', 'src/far', 'src/palette']);
    expect(pictures!.packages).toEqual(['sharp']);
    const { stages, texts } = describeToy(PICTURED);
    expect(stages['rest']).not.toHaveProperty('pictures');
    expect(Object.keys(texts)).toContain('src/palette');
  });

  test('lets a change of what draws leave the stage alone, and the reverse', () => {
    const before = partsOf();
    const colour = partsOf({ 'src/palette.ts': `export const colour = 'blue';` });
    expect(colour.stage).toEqual(before.stage);
    expect(colour.pictures).not.toEqual(before.pictures);
    const work = partsOf({ 'src/near.ts': `export const near = (): number => 3;` });
    expect(work.stage).not.toEqual(before.stage);
    expect(work.pictures).toEqual(before.pictures);
    // What both run counts for both.
    const both = partsOf({ 'src/far.ts': `export function far(x: number): number { return 3 * x; }` });
    expect(both.stage).not.toEqual(before.stage);
    expect(both.pictures).not.toEqual(before.pictures);
  });

  test('counts what the work itself draws with', () => {
    const own = partsOf({
      'src/near.ts': `export { chart as near } from './chart'; export * from '../stages/paint/pictures';`,
    });
    expect(Object.keys(own.stage.modules)).toEqual(expect.arrayContaining(['stages/paint/pictures', 'src/palette']));
  });

  test('says when they are not there', () => {
    const { 'stages/paint/pictures.ts': gone, ...others } = PICTURED;
    expect(gone).toBeDefined();
    expect(() => describeToy(others)).toThrow(`loads ${specifier}, which is not there`);
  });
});

describe('describeCode() of families', () => {
  const list = (...names: readonly string[]) => {
    const entries = names.map(
      name => `${name}: { summary: '', fix: () => import('./${name}/fix'), load: () => import('./${name}') }`,
    );
    return `import { family } from '../family'; import type { Engine } from './engine'; export const ENGINES = family('engines', { ${entries.join(', ')} });`;
  };
  const ENGINES = {
    ...TOY,
    'src/far.ts': `import { ENGINES } from './engines'; export const far = async (x: number) => (await ENGINES.members.slow.load()).slow * x;`,
    'src/family.ts': `export const family = (kind: string, members: object) => ({ kind, members });`,
    'src/engines/index.ts': list('slow', 'fast'),
    'src/engines/slow.ts': `import { help } from './help'; export const slow = help;`,
    'src/engines/help.ts': `export const help = 1;`,
    'src/engines/fast.ts': `export const fast = 2;`,
  };
  const facts = { listed: {}, folders: { 'src/engines': { packages: ['by-path'], native: false } } };

  test('leaves to a member what is reached through it only, and the list to nobody', () => {
    const { stages, families, texts } = describeToy(ENGINES, { facts });
    expect(Object.keys(stages['paint']!.modules)).toEqual([
      'stages/paint',
      'src/family',
      'src/far',
      'src/middle',
      'src/near',
    ]);
    expect(stages['paint']!.lists).toEqual({ engines: 'src/engines/index' });
    expect(stages['rest']!.lists).toEqual({});
    expect(Object.keys(families['engines']!)).toEqual(['fast', 'slow']);
    expect(families['engines']!['slow']).toMatchObject({ packages: ['by-path'], late: true });
    expect(Object.keys(families['engines']!['slow']!.modules)).toEqual([
      'src/engines/slow',
      'src/engines/help',
      'src/engines/index#slow',
    ]);
    // A process must load the same list, although it counts in no key.
    expect(Object.keys(texts)).toContain('src/engines/index');
  });

  test('lets a new member change no stage and no other member', () => {
    const more = { ...ENGINES, 'src/engines/index.ts': list('slow', 'new', 'fast'), 'src/engines/new.ts': 'export {}' };
    const [before, after] = [describeToy(ENGINES), describeToy(more)];
    expect(after.stages).toEqual(before.stages);
    const { new: added, ...others } = after.families['engines']!;
    expect(others).toEqual(before.families['engines']);
    expect(Object.keys(added!.modules)).toEqual(['src/engines/new', 'src/engines/index#new']);
  });

  test('lets the change of a member touch that member only', () => {
    const [before, after] = [
      describeToy(ENGINES),
      describeToy({ ...ENGINES, 'src/engines/help.ts': 'export const help = 3;' }),
    ];
    expect(after.stages).toEqual(before.stages);
    expect(after.families['engines']!['fast']).toEqual(before.families['engines']!['fast']);
    expect(after.families['engines']!['slow']).not.toEqual(before.families['engines']!['slow']);
  });

  test('sees a name that means another module', () => {
    const text = ENGINES['src/engines/index.ts'].replace("import('./slow')", "import('./fast')");
    const { families } = describeToy({ ...ENGINES, 'src/engines/index.ts': text });
    expect(Object.keys(families['engines']!['slow']!.modules)).toEqual(['src/engines/fast', 'src/engines/index#slow']);
  });

  test('counts what the list makes of a member, and not its summary', () => {
    const memberOf = (change: (text: string) => string) => {
      const { families } = describeToy({ ...ENGINES, 'src/engines/index.ts': change(ENGINES['src/engines/index.ts']) });
      return families['engines']!['slow'];
    };
    const before = memberOf(text => text);
    expect(memberOf(text => text.replace("summary: ''", "summary: 'other'"))).toEqual(before);
    const made = memberOf(text =>
      text.replace("import('./slow') }", "import('./slow').then(({ slow }) => slow + 1) }"),
    );
    expect(made).not.toEqual(before);
  });

  test('refuses two lists of one kind', () => {
    const other = {
      ...ENGINES,
      'src/more/index.ts': `import { family } from '../family'; export const MORE = family('engines', { a: { summary: '', load: () => import('./a') } });`,
      'src/more/a.ts': 'export {}',
      'src/near.ts': `import { MORE } from './more'; import { middle } from './middle'; export const near = () => [middle, MORE];`,
    };
    expect(() => describeToy(other)).toThrow(/both list engines$/);
  });

  describe('with members that are loaded with their list', () => {
    const light = (...names: readonly string[]) =>
      [
        `import { family } from '../family';`,
        ...names.map(name => `import { ${name} } from './${name}';`),
        `export const ENGINES = family('engines', { ${names.map((name, i) => (i === 0 ? name : `'${name}': ${name}`)).join(', ')} });`,
      ].join('\n');
    const TOYS = { ...ENGINES, 'src/engines/index.ts': light('slow', 'fast') };

    test('leaves to each what is reached through it', () => {
      const { stages, families } = describeToy(TOYS);
      expect(Object.keys(stages['paint']!.modules)).not.toContain('src/engines/slow');
      expect(stages['paint']!.lists).toEqual({ engines: 'src/engines/index' });
      expect(families['engines']!['slow']!.late).toBe(false);
      expect(Object.keys(families['engines']!['slow']!.modules)).toEqual([
        'src/engines/slow',
        'src/engines/help',
        'src/engines/index#slow',
      ]);
    });

    test('lets a new member change no stage and no other member, wherever it is listed', () => {
      const more = {
        ...TOYS,
        'src/engines/index.ts': light('slow', 'brisk', 'fast'),
        'src/engines/brisk.ts': 'export const brisk = 3;',
      };
      const [before, after] = [describeToy(TOYS), describeToy(more)];
      expect(after.stages).toEqual(before.stages);
      const { brisk: added, ...others } = after.families['engines']!;
      expect(others).toEqual(before.families['engines']);
      expect(Object.keys(added!.modules)).toEqual(['src/engines/brisk', 'src/engines/index#brisk']);
    });

    test('sees which export of a module is the member', () => {
      const one = `import { family } from '../family'; import { slow, other } from './slow'; export const ENGINES = family('engines', { slow`;
      const of = (end: string) =>
        describeToy({
          ...TOYS,
          'src/engines/slow.ts': 'export const slow = 1; export const other = 2;',
          'src/engines/index.ts': one + end,
        }).families['engines']!['slow'];
      expect(of(' });')).toBeDefined();
      expect(of(': other });')).not.toEqual(of(' });'));
    });

    test('refuses one from elsewhere', () => {
      const text = `import { family } from '../family'; import { far } from '../far'; export const ENGINES = family('engines', { far });`;
      expect(() => describeToy({ ...TOYS, 'src/engines/index.ts': text })).toThrow(
        /^src\/engines\/index\.js lists far/,
      );
    });
  });

  test.each([
    ['nothing', `slow: { summary: '' }`],
    ['two modules', `slow: { load: async () => [await import('./slow'), await import('./fast')] }`],
    ['another folder', `slow: { load: () => import('../far') }`],
    ['what was loaded before', `slow`],
  ])('refuses a member that loads %s', (_, entry) => {
    const text = `import { family } from '../family'; declare const slow: object; export const ENGINES = family('engines', { ${entry} });`;
    expect(() => describeToy({ ...ENGINES, 'src/engines/index.ts': text })).toThrow(/^src\/engines\/index\.js lists /);
  });

  test('counts a helper of a member for a stage that reaches it by another way, too', () => {
    const other = {
      ...ENGINES,
      'src/middle.ts': `export { far as middle } from './far'; export * from './engines/help';`,
    };
    expect(Object.keys(describeToy(other).stages['paint']!.modules)).toContain('src/engines/help');
  });

  test('digests the sources of the addon without comments and indentation', () => {
    const folders = { 'src/engines': { packages: [], native: true } };
    const nativeOf = (text: string) =>
      describeToy(ENGINES, { native: { 'a.cc': text }, facts: { listed: {}, folders } }).families['engines']!['fast']!
        .native;
    const plain = nativeOf('int a() {\n  return 1;\n}\n');
    expect(nativeOf('// One.\nint a() {\n\n\treturn 1; /* really:\n one */\n}')).toBe(plain);
    expect(nativeOf('int a() {\n  return 2;\n}\n')).not.toBe(plain);
    expect(nativeOf('char* a = "// x";')).not.toBe(nativeOf('char* a = "// y";'));
    expect(nativeOf("char a = '\"'; // x")).toBe(nativeOf("char a = '\"'; // y"));
    expect(describeToy(ENGINES).families['engines']!['slow']).not.toHaveProperty('native');
  });
});

describe('the code of this repository', () => {
  const { stages, families } = describeRepository();
  const { engines = {} } = families;

  test('has every stage, and every member of every family', () => {
    expect(Object.keys(stages)).toEqual(Object.keys(STAGES).sort());
    expect(Object.keys(engines)).toEqual([...ENGINES.names].sort());
    expect(Object.keys(families['students']!)).toEqual([...STUDENTS.names].sort());
  });

  test('has the declaration of a stage first', () => {
    expect(Object.entries(stages).map(([name, { modules }]) => [name, Object.keys(modules)[0]])).toEqual(
      Object.keys(stages).map(name => [name, `stages/${name}/index`]),
    );
  });

  test('has the pictures of every stage that declares some', () => {
    const drawing = Object.entries(STAGES).filter(([, stage]) => stage.pictures !== undefined);
    const described = Object.entries(stages).filter(([, stage]) => stage.pictures !== undefined);
    expect(described.map(([name]) => name)).toEqual(drawing.map(([name]) => name).sort());
  });

  test('has what a stage computes with, and nothing of the engine or of the other stages', () => {
    const student = Object.keys(stages['distill-student']!.modules);
    expect(student).toEqual(
      expect.arrayContaining([
        'src/learning/training/terms',
        'src/kit/math/random',
        'src/learning/training/replicas/replica',
      ]),
    );
    expect(stages['align-faces']!.packages).toContain('sharp');
    const foreign = /^src\/(commands|workflow)\//;
    for (const [name, { modules }] of Object.entries(stages)) {
      expect(Object.keys(modules).filter(module => foreign.test(module))).toEqual([]);
      const own = Object.keys(modules).filter(module => module.startsWith(`stages/${name}/`));
      expect(own).toEqual(expect.arrayContaining([`stages/${name}/index`, `stages/${name}/run`]));
      expect(Object.keys(modules).filter(module => module.startsWith('stages/'))).toEqual(own);
    }
  });

  // For engines, students and layouts see the toys above and test/datasets/layouts/key.test.ts.
  test.each(
    Object.entries({
      'src/learning': ['losses', 'optimisers', 'schedules', 'samplers', 'augmentations'],
      'src/evaluation': ['metrics', 'spreads'],
    }).flatMap(([folder, kinds]) => kinds.map(kind => [kind, `${folder}/${kind}`] as const)),
  )('counts a new member of %s for no stage and for no other member', (kind, folder) => {
    const list = `${folder}/index.ts`;
    const text = readFileSync(join(REPOSITORY, list), 'utf8');
    const longer = text.replace(/^/, "import { toy } from './toy';\n").replace(/,?\s*\}\);\n/, ', toy });\n');
    const member = `export const toy = { summary: 'A toy', options: {} };`;
    const found = describeRepository({}, { [list]: () => longer, [`${folder}/toy.ts`]: () => member });
    const { toy, ...others } = found.families[kind]!;
    expect(Object.keys(toy!.modules)).toContain(`${folder}/toy`);
    expect(found.stages).toEqual(stages);
    expect({ ...found.families, [kind]: others }).toEqual(families);
    const inStages = new Set(Object.values(stages).flatMap(({ modules }) => Object.keys(modules)));
    const members = Object.values(others).map(({ modules }) => Object.keys(modules)[0]!);
    // `overall` has SER whether a step names it or not.
    const shared = members.filter(module => module !== 'src/evaluation/spreads/ser' && inStages.has(module));
    expect(shared).toEqual([]);
  });

  test('has nothing that draws in what a stage computes with, and something in its pictures', () => {
    for (const [name, { modules, pictures }] of Object.entries(stages)) {
      expect(Object.keys(modules).filter(module => module.startsWith('src/pictures/'))).toEqual([]);
      expect([name, Object.keys(pictures?.modules ?? {})[0]]).toEqual([name, `stages/${name}/pictures`]);
    }
  });

  test('has the kernels of an engine with it, and with no stage', () => {
    expect(Object.keys(engines['wasm']!.modules)).toContain('src/learning/engines/wasm/kernels/binary');
    const inStages = Object.values(stages).flatMap(({ modules }) => Object.keys(modules));
    expect(
      inStages.filter(module => /^src\/learning\/engines\/(?!start-engine$|engine$|fused-kernel$)/.test(module)),
    ).toEqual([]);
  });

  test('lists no module that need not be listed', () => {
    const facts = readCodeFacts(REPOSITORY);
    expect(Object.keys(facts.listed).length).toBeGreaterThan(3);
    for (const name of Object.keys(facts.listed)) {
      const listed = Object.fromEntries(Object.entries(facts.listed).filter(([other]) => other !== name));
      expect(() => describeRepository({ facts: { ...facts, listed } })).toThrow(
        `${name}.js loads what only its run can tell`,
      );
    }
  });
});
