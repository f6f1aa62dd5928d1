import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { importCycles, parseSource, readSources, type Source } from './helpers/sources';

/** From top to bottom. A file imports from its own layer and those below it, type imports included. */
const LAYERS: readonly {
  readonly name: string;
  readonly paths: readonly string[];
  readonly not?: readonly string[];
}[] = [
  { name: 'COMMANDS', paths: ['src/cli.ts', 'src/commands/'] },
  // A stage cannot know that it is cached.
  { name: 'STAGES', paths: ['stages/'], not: ['ENGINE'] },
  // The engine is given stages as values, so it can be tested with toys.
  {
    name: 'ENGINE',
    paths: [
      'src/configuration/',
      'src/inputs/',
      'src/history/',
      'src/pipeline/',
      'src/artifacts/',
      'src/executors/',
      'src/trackers/',
      'src/loggers/',
    ],
    not: ['DOMAIN'],
  },
  {
    name: 'DOMAIN',
    paths: [
      'src/datasets/',
      'src/drawing/',
      'src/embeddings/',
      'src/engines/',
      'src/faces/',
      'src/losses/',
      'src/metrics/',
      'src/models/',
      'src/networks/',
      'src/plots/',
      'src/reports/',
      'src/students/',
      'src/training/',
    ],
  },
  {
    name: 'CONTRACTS',
    paths: [
      'src/stage.ts',
      'src/errors.ts',
      'src/console.ts',
      'src/effects.ts',
      'src/streams/',
      'src/math/',
      'src/tables/',
    ],
  },
  { name: 'UTIL', paths: ['src/util/'] },
];

/** Which other folders of the domain each may use; those not named use none. */
const DOMAIN: Readonly<Record<string, readonly string[]>> = {
  metrics: ['plots'],
  drawing: ['faces'],
  datasets: ['faces'],
  networks: ['engines'],
  losses: ['engines'],
  students: ['networks'],
  models: ['networks'],
  embeddings: ['faces', 'models', 'plots'],
  reports: ['metrics', 'plots'],
  training: ['embeddings', 'engines', 'faces', 'losses', 'models', 'networks', 'plots', 'students'],
};

/** Folders of things of one kind, with the list of them in `index.ts`. */
const FAMILIES = ['datasets', 'engines', 'executors', 'loggers', 'losses', 'reports', 'students', 'trackers'];

/** Packages that take long to load, and the folders that may know them. */
const HEAVY: Readonly<Record<string, readonly string[]>> = {
  '@tensorflow/tfjs-core': ['src/engines/', 'src/networks/', 'src/losses/', 'src/training/'],
  '@tensorflow/tfjs-backend-cpu': ['src/engines/'],
  '@tensorflow/tfjs-backend-wasm': ['src/engines/'],
  '@tensorflow/tfjs-node-gpu': ['src/engines/'],
  '@tensorflow/tfjs-backend-webgpu': ['src/engines/'],
  webgpu: ['src/engines/'],
  'onnxruntime-node': ['src/embeddings/', 'src/training/'],
  'parquetjs-lite': ['src/tables/'],
  protobufjs: ['src/embeddings/', 'src/models/'],
  sharp: ['src/faces/', 'src/drawing/', 'src/datasets/'],
};

/** Where the clock, the console and the process are at home; everybody else is given what is needed. */
const MAY_HAVE_EFFECTS = [
  'src/cli.ts',
  'src/effects.ts',
  'src/commands/',
  'src/executors/',
  // TensorFlow takes a setting from the environment of the process only.
  'src/engines/tensorflow.ts',
];

const LONGEST_FILE = 300;

const ROOT = join(__dirname, '..');
const SOURCES = readSources(ROOT, ['src', 'stages']);

describe('the source', () => {
  test('is read at all', () => {
    expect(SOURCES.length).toBeGreaterThan(50);
    expect(SOURCES.flatMap(source => source.imports).length).toBeGreaterThan(SOURCES.length);
  });

  test('has a layer for every file', () => {
    expect(SOURCES.map(({ path }) => path).filter(path => layerOf(path) === undefined)).toEqual([]);
  });

  test('has every relative import lead to a file', () => {
    const known = new Set(SOURCES.map(({ path }) => path));
    const isOurs = (target: string) => /^(src|stages)\/|\.\.\//.test(target);
    expect(edges(SOURCES, target => isOurs(target) && !known.has(target))).toEqual([]);
  });

  test('imports only downwards', () => {
    expect(edges(SOURCES, (target, path) => !mayImport(path, target))).toEqual([]);
  });

  test('has no circles of imports', () => {
    expect(importCycles(SOURCES)).toEqual([]);
  });

  test('uses each heavy package in few folders', () => {
    const isForeign = (target: string, path: string) =>
      HEAVY[target] && !HEAVY[target].some(home => path.startsWith(home));
    expect(edges(SOURCES, (target, path) => Boolean(isForeign(target, path)))).toEqual([]);
  });

  test('loads no heavy package before a stage runs', () => {
    for (const entry of ['src/cli.ts', 'src/commands/run.ts', 'src/commands/stages.ts', 'stages/index.ts']) {
      expect(heavyChains(SOURCES, entry)).toEqual([]);
    }
  });

  test('takes time, chance and the console from arguments', () => {
    const offenders = SOURCES.filter(({ path }) => !MAY_HAVE_EFFECTS.some(home => path.startsWith(home)));
    expect(offenders.flatMap(({ path, effects }) => effects.map(effect => `${path} uses ${effect}`))).toEqual([]);
  });

  test('has short files', () => {
    const long = SOURCES.filter(({ lines }) => lines > LONGEST_FILE);
    expect(long.map(({ path, lines }) => `${path} has ${lines} lines`)).toEqual([]);
  });

  test('has the list of every family in its index.ts', () => {
    const present = FAMILIES.filter(family => existsSync(join(ROOT, 'src', family)));
    expect(present.filter(family => !existsSync(join(ROOT, 'src', family, 'index.ts')))).toEqual([]);
  });

  test('has file names in kebab case', () => {
    const names = SOURCES.map(({ path }) => path);
    expect(names.filter(path => !/^([a-z0-9]+(-[a-z0-9]+)*\/)+[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(path))).toEqual(
      [],
    );
  });

  test('has every stage in the list of stages', () => {
    const index = SOURCES.find(({ path }) => path === 'stages/index.ts');
    const files = readdirSync(join(ROOT, 'stages')).filter(name => name.endsWith('.ts') && name !== 'index.ts');
    const listed = new Set(index?.imports.map(({ target }) => target));
    expect(files.filter(name => !listed.has(`stages/${name}`))).toEqual([]);
  });
});

describe('these tests', () => {
  const source = (path: string, text: string): Source =>
    parseSource(
      path,
      text,
      new Set(['src/a/x.ts', 'src/a/y.ts', 'src/pipeline/run.ts', 'src/faces/index.ts', 'src/util/z.ts']),
    );

  test('see every form of import', () => {
    const { imports } = source(
      'src/a/x.ts',
      `import './y';
import type { A } from './y';
import { type B, type C } from './y';
import { type D, e } from './y';
export { f } from '../faces';
export type { G } from '../faces';
type T = typeof import('@tensorflow/tfjs-core/dist/x');
const h = async () => import('sharp');
// import i from 'commented';
const text = "import j from 'quoted'";`,
    );
    expect(imports.map(({ target, kind }) => `${kind} ${target}`)).toEqual([
      'load src/a/y.ts',
      'type src/a/y.ts',
      'type src/a/y.ts',
      'load src/a/y.ts',
      'load src/faces/index.ts',
      'type src/faces/index.ts',
      'type @tensorflow/tfjs-core',
      'lazy sharp',
    ]);
  });

  test('see effects, but not in comments', () => {
    const { effects } = source(
      'src/a/x.ts',
      `// Date.now\nconst a = [Date.now(), new Date(), new Date(5), console.log];`,
    );
    expect(effects).toEqual(['Date.now', 'new Date()', 'console.log']);
  });

  test('see what points up or sideways', () => {
    expect(mayImport('src/commands/run.ts', 'stages/index.ts')).toBe(true);
    expect(mayImport('stages/index.ts', 'src/faces/align.ts')).toBe(true);
    expect(mayImport('src/pipeline/run.ts', 'src/artifacts/store.ts')).toBe(true);
    expect(mayImport('src/faces/align.ts', 'src/faces/warp.ts')).toBe(true);
    expect(mayImport('stages/index.ts', 'src/pipeline/run.ts')).toBe(false);
    expect(mayImport('src/pipeline/run.ts', 'stages/index.ts')).toBe(false);
    expect(mayImport('src/pipeline/run.ts', 'src/faces/align.ts')).toBe(false);
    expect(mayImport('src/faces/align.ts', 'src/pipeline/run.ts')).toBe(false);
    expect(mayImport('src/faces/align.ts', 'src/training/loop.ts')).toBe(false);
    expect(mayImport('src/util/quote.ts', 'src/errors.ts')).toBe(false);
  });

  test('see circles, also of types', () => {
    const circle = [
      source('src/a/x.ts', `import type { Y } from './y';`),
      source('src/a/y.ts', `import { x } from './x'; import '../util/z';`),
      source('src/util/z.ts', ''),
    ];
    expect(importCycles(circle)).toEqual([['src/a/x.ts', 'src/a/y.ts']]);
    expect(importCycles(circle.slice(1))).toEqual([]);
  });

  test('see a heavy package behind other files, unless it is loaded late', () => {
    const chain = (last: string) => [
      source('src/a/x.ts', `import { y } from './y';`),
      source('src/a/y.ts', `import { z } from '../util/z';`),
      source('src/util/z.ts', last),
    ];
    expect(heavyChains(chain(`import sharp from 'sharp';`), 'src/a/x.ts')).toEqual([
      'src/a/x.ts > src/a/y.ts > src/util/z.ts > sharp',
    ]);
    expect(heavyChains(chain(`import type sharp from 'sharp'; await import('sharp');`), 'src/a/x.ts')).toEqual([]);
  });
});

function layerOf(path: string): number | undefined {
  const index = LAYERS.findIndex(({ paths }) =>
    paths.some(start => path === start || (start.endsWith('/') && path.startsWith(start))),
  );
  return index < 0 ? undefined : index;
}

function mayImport(path: string, target: string): boolean {
  const [from, to] = [layerOf(path), layerOf(target)];
  // Packages have no layer; files without one are found by another test.
  if (from === undefined || to === undefined) return true;
  if (to < from || LAYERS[from]!.not?.includes(LAYERS[to]!.name) === true) return false;
  if (LAYERS[to]!.name !== 'DOMAIN' || from !== to) return true;
  const [fromFolder, toFolder] = [path, target].map(file => file.split('/')[1]!);
  return fromFolder === toFolder || DOMAIN[fromFolder!]?.includes(toFolder!) === true;
}

/** The imports that are wrong, in words. */
function edges(sources: readonly Source[], isWrong: (target: string, path: string) => boolean): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter(({ target }) => isWrong(target, path)).map(({ target }) => `${path} imports ${target}`),
  );
}

/** How loading a file leads to a heavy package. */
function heavyChains(sources: readonly Source[], entry: string): string[] {
  const byPath = new Map(sources.map(source => [source.path, source]));
  const queue = [[entry]];
  const seen = new Set([entry]);
  const found: string[] = [];
  for (const chain of queue) {
    for (const { target, kind } of byPath.get(chain.at(-1)!)?.imports ?? []) {
      if (kind !== 'load' || seen.has(target)) continue;
      seen.add(target);
      if (target in HEAVY) found.push([...chain, target].join(' > '));
      queue.push([...chain, target]);
    }
  }
  return found;
}
