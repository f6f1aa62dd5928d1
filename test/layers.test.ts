import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { importCycles, parseSource, readSources, type Source } from './helpers/sources';

/** From top to bottom. A file imports from its own floor and those below it, type imports included. */
const LAYERS: readonly {
  readonly name: string;
  readonly paths: readonly string[];
  readonly not?: readonly string[];
}[] = [
  { name: 'COMMANDS', paths: ['src/cli.ts', 'src/commands/'] },
  // A stage cannot know that it is cached.
  { name: 'STAGES', paths: ['stages/'], not: ['WORKFLOW'] },
  // It is given stages as values, so it can be tested with toys.
  { name: 'WORKFLOW', paths: ['src/workflow/'], not: ['DOMAIN'] },
  {
    name: 'DOMAIN',
    paths: [
      'src/data/',
      'src/datasets/',
      'src/drawing/',
      'src/embedding/',
      'src/evaluation/',
      'src/faces/',
      'src/leakage/',
      'src/learning/',
      'src/models/',
      'src/reports/',
    ],
  },
  { name: 'PICTURES', paths: ['src/pictures/'] },
  {
    name: 'CONTRACTS',
    paths: [
      'src/stage.ts',
      'src/stage-inputs.ts',
      'src/stage-task.ts',
      'src/family.ts',
      'src/errors.ts',
      'src/error-codes.ts',
      'src/console.ts',
      'src/effects.ts',
    ],
  },
  { name: 'KIT', paths: ['src/kit/'] },
];

/** Which other wings of the domain each may use; those not named use none. */
const DOMAIN: Readonly<Record<string, readonly string[]>> = {
  faces: ['data'],
  leakage: ['data', 'faces'],
  drawing: ['faces'],
  datasets: ['data', 'faces', 'leakage'],
  embedding: ['data', 'faces', 'models'],
  evaluation: ['data', 'embedding', 'faces', 'leakage'],
  reports: ['data', 'evaluation'],
  learning: ['data', 'faces', 'leakage', 'models'],
};

/** Within a wing, which other folders of it each may use, likewise. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  learning: {
    networks: ['engines'],
    losses: ['engines'],
    optimisers: ['engines'],
    students: ['networks'],
    exporters: ['networks'],
    training: [
      ...['augmentations', 'engines', 'exporters', 'losses', 'networks'],
      ...['optimisers', 'samplers', 'schedules', 'students'],
    ],
  },
  workflow: {
    inputs: ['store'],
    configuration: ['inputs'],
    keys: ['configuration', 'inputs', 'store'],
    plan: ['configuration', 'inputs', 'keys', 'store'],
    overview: ['store'],
    run: ['configuration', 'executors', 'inputs', 'keys', 'overview', 'plan', 'store'],
    history: ['configuration', 'overview', 'plan', 'run', 'store'],
    loggers: ['history', 'plan', 'run'],
    trackers: ['configuration', 'history', 'overview', 'run'],
  },
};

/** Folders of things of one kind, with the list of them in `index.ts`. */
const FAMILIES = [
  'datasets/layouts',
  'evaluation/metrics',
  'evaluation/spreads',
  'learning/augmentations',
  'learning/engines',
  'learning/losses',
  'learning/optimisers',
  'learning/samplers',
  'learning/schedules',
  'learning/students',
  'reports/pages',
  'reports/sections',
  'reports/writers',
  'workflow/executors',
  'workflow/loggers',
  'workflow/trackers',
];

/**
 * How many files of a wing, or of a room of the workflow, others may import beside its `index.ts`. As many as there are: a new one is a way into
 * what should be the wing's own, so give it to the `index.ts`, and lower the number when a door is closed. Of the kit and of the formats in `data`
 * every file stands for itself.
 */
const DOORS: Readonly<Record<string, number>> = {
  'src/commands': 3,
  'src/datasets': 20,
  'src/drawing': 4,
  'src/embedding': 18,
  'src/evaluation': 15,
  'src/faces': 15,
  'src/leakage': 8,
  'src/learning': 13,
  'src/models': 6,
  'src/pictures': 14,
  'src/reports': 9,
  'src/workflow/configuration': 7,
  'src/workflow/executors': 4,
  'src/workflow/history': 14,
  'src/workflow/inputs': 5,
  'src/workflow/keys': 5,
  'src/workflow/loggers': 2,
  'src/workflow/overview': 4,
  'src/workflow/plan': 6,
  'src/workflow/run': 4,
  'src/workflow/store': 16,
  'src/workflow/trackers': 1,
};

/** Packages that take long to load, and the folders that may know them. */
const HEAVY: Readonly<Record<string, readonly string[]>> = {
  '@tensorflow/tfjs-core': ['src/learning/'],
  '@tensorflow/tfjs-backend-cpu': ['src/learning/engines/'],
  '@tensorflow/tfjs-backend-wasm': ['src/learning/engines/'],
  '@tensorflow/tfjs-node-gpu': ['src/learning/engines/'],
  '@tensorflow/tfjs-backend-webgpu': ['src/learning/engines/'],
  webgpu: ['src/learning/engines/'],
  'onnxruntime-node': ['src/embedding/', 'src/learning/training/'],
  'parquetjs-lite': ['src/data/tables/'],
  protobufjs: ['src/embedding/', 'src/models/'],
  sharp: ['src/faces/', 'src/drawing/', 'src/datasets/', 'src/pictures/'],
};

/** Where the clock, the console and the process are at home; everybody else is given what is needed. */
const MAY_HAVE_EFFECTS = [
  'src/cli.ts',
  'src/effects.ts',
  'src/commands/',
  'src/workflow/executors/',
  // TensorFlow takes a setting from the environment of the process only.
  'src/learning/engines/tensorflow/index.ts',
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
    expect(importCycles(SOURCES.map(withoutDoor))).toEqual([]);
  });

  test('uses each heavy package in few folders', () => {
    const isForeign = (target: string, path: string) =>
      HEAVY[target] && !HEAVY[target].some(home => path.startsWith(home));
    expect(edges(SOURCES, (target, path) => Boolean(isForeign(target, path)))).toEqual([]);
  });

  test('loads no heavy package before a stage runs', () => {
    for (const entry of ['src/cli.ts', 'src/commands/run/run.ts', 'src/commands/stages/stages.ts', 'stages/index.ts']) {
      expect(heavyChains(SOURCES, entry)).toEqual([]);
    }
  });

  test('takes time, chance and the console from arguments', () => {
    const offenders = SOURCES.filter(({ path }) => !MAY_HAVE_EFFECTS.some(home => path.startsWith(home)));
    expect(offenders.flatMap(({ path, effects }) => effects.map(effect => `${path} uses ${effect}`))).toEqual([]);
  });

  test('is entered by few doors', () => {
    const doors = doorsOf(SOURCES);
    const many = [...doors].filter(([wing, files]) => files.size > (DOORS[wing] ?? 0));
    expect(many.map(([wing, files]) => `${wing} has ${files.size} doors: ${[...files].sort().join(', ')}`)).toEqual([]);
    // A limit that is too high would let one more in.
    const low = Object.keys(DOORS).filter(wing => DOORS[wing]! > (doors.get(wing)?.size ?? 0));
    expect(
      low.map(wing => `${wing} has ${doors.get(wing)?.size ?? 0} doors, lower its limit of ${DOORS[wing]}`),
    ).toEqual([]);
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
    const names = readdirSync(join(ROOT, 'stages')).filter(name => name !== 'index.ts');
    const listed = new Set(index?.imports.map(({ target }) => target));
    expect(names.filter(name => !listed.has(`stages/${name}/index.ts`))).toEqual([]);
  });

  test('has no picture in the body of a stage: charts may change and no result is made again', () => {
    const bodies = SOURCES.filter(({ path }) => /^stages\/[^/]+\/run\.ts$/.test(path));
    expect(bodies).not.toEqual([]);
    for (const { path } of bodies) {
      const reached = reachedFrom(SOURCES, path);
      expect([...reached].filter(target => /^src\/pictures\/|\/pictures\.ts$/.test(target))).toEqual([]);
      expect(reached.size).toBeGreaterThan(5);
    }
  });

  test('has body and pictures of every stage behind lazy doors, and loads all else as usual', () => {
    const late = SOURCES.filter(({ path }) => path.startsWith('stages/')).flatMap(({ path, imports }) =>
      imports.filter(({ kind }) => kind === 'lazy').map(({ target }) => `${path} > ${target}`),
    );
    const stages = readdirSync(join(ROOT, 'stages')).filter(name => name !== 'index.ts');
    const doors = stages.flatMap(name =>
      ['run', 'pictures'].map(door => `stages/${name}/index.ts > stages/${name}/${door}.ts`),
    );
    expect(late).toEqual(doors);
  });
});

describe('these tests', () => {
  const source = (path: string, text: string): Source =>
    parseSource(
      path,
      text,
      new Set(['src/a/x.ts', 'src/a/y.ts', 'src/workflow/run/run.ts', 'src/faces/index.ts', 'src/util/z.ts']),
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
    expect(mayImport('src/commands/run/run.ts', 'stages/index.ts')).toBe(true);
    expect(mayImport('stages/index.ts', 'src/faces/alignment/align.ts')).toBe(true);
    expect(mayImport('src/workflow/run/run.ts', 'src/workflow/store/store.ts')).toBe(true);
    expect(mayImport('src/faces/alignment/align.ts', 'src/faces/alignment/warp.ts')).toBe(true);
    expect(mayImport('stages/index.ts', 'src/workflow/run/run.ts')).toBe(false);
    expect(mayImport('src/workflow/run/run.ts', 'stages/index.ts')).toBe(false);
    expect(mayImport('src/workflow/run/run.ts', 'src/faces/alignment/align.ts')).toBe(false);
    expect(mayImport('src/faces/alignment/align.ts', 'src/workflow/run/run.ts')).toBe(false);
    expect(mayImport('src/faces/alignment/align.ts', 'src/learning/training/loop.ts')).toBe(false);
    expect(mayImport('src/kit/text/quote.ts', 'src/errors.ts')).toBe(false);
  });

  test('see doors: files of a wing or room that others import, but its index', () => {
    const sources = [
      source('src/workflow/run/run.ts', `import { x } from '../../a/x'; import type { F } from '../../faces';`),
      source('src/a/x.ts', `import { y } from './y'; import { run } from '../workflow/run/run'; import 'sharp';`),
    ];
    expect([...doorsOf(sources)].map(([wing, files]) => [wing, ...files])).toEqual([
      ['src/a', 'src/a/x.ts'],
      ['src/workflow/run', 'src/workflow/run/run.ts'],
    ]);
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
  const [fromWing, toWing] = [path, target].map(file => file.split('/')[1]!);
  if (fromWing !== toWing) return LAYERS[to]!.name !== 'DOMAIN' || from !== to || uses(DOMAIN, fromWing!, toWing!);
  const [fromRoom, toRoom] = [path, target].map(roomOf);
  const rooms = ROOMS[fromWing!];
  return fromRoom === toRoom || rooms === undefined || uses(rooms, fromRoom!, toRoom!);
}

function uses(table: Readonly<Record<string, readonly string[]>>, from: string, to: string): boolean {
  return table[from]?.includes(to) === true;
}

/** The folder of a wing in which a file lies; of a file in the wing itself, its name. */
function roomOf(path: string): string {
  return path.split('/')[2]!;
}

/** By wing, or room of the workflow: its files that others import, types included, but its `index.ts`. */
function doorsOf(sources: readonly Source[]): Map<string, Set<string>> {
  const doors = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    for (const { target } of imports) {
      const house = houseOf(target);
      if (house === undefined || path.startsWith(`${house}/`) || target === `${house}/index.ts`) continue;
      doors.set(house, (doors.get(house) ?? new Set()).add(target));
    }
  }
  return doors;
}

/** The wing of a file, or its room of the workflow; undefined for contracts and packages. */
function houseOf(path: string): string | undefined {
  return /^src\/(workflow\/[a-z-]+|(?!(workflow|kit|data)\/)[a-z-]+)(?=\/)/.exec(path)?.[0];
}

/** The imports that are wrong, in words. */
function edges(sources: readonly Source[], isWrong: (target: string, path: string) => boolean): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter(({ target }) => isWrong(target, path)).map(({ target }) => `${path} imports ${target}`),
  );
}

/** What may be loaded once a file is, early or late. */
function reachedFrom(sources: readonly Source[], entry: string): ReadonlySet<string> {
  const byPath = new Map(sources.map(source => [source.path, source]));
  const reached = new Set([entry]);
  // A Set tells what is added to it while it is gone through.
  for (const path of reached) {
    for (const { target, kind } of byPath.get(path)?.imports ?? []) if (kind !== 'type') reached.add(target);
  }
  return reached;
}

/** A body takes its types from the declaration which has the door to it; nothing is loaded in a circle. */
function withoutDoor(source: Source): Source {
  if (!/^stages\/[^/]+\/index\.ts$/.test(source.path)) return source;
  return { ...source, imports: source.imports.filter(({ kind }) => kind !== 'lazy') };
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
