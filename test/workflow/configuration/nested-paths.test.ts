import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { inputPath, integer, list, mapOf, object, tagged, text } from '../../../src/kit/options';
import type { Option } from '../../../src/kit/option-types';
import type { AnyStage, Json } from '../../../src/stage';
import { realDisk } from '../../../src/workflow/configuration/read/disk';
import type { LoadResult } from '../../../src/workflow/configuration/load';
import { keyLeaves, keyOf, namedPaths } from '../../../src/workflow/keys/step-key';
import { temporaryFolder } from '../../helpers/rig';
import { loadToy } from './load-toy';
import { LEARN } from './toy-stages';

/** A way to hold an option, and a value that holds some of what is in it. */
interface Holder {
  readonly schema: (inside: Option) => Option;
  readonly value: (inside: () => Json) => Json;
}

const size = integer('A size', { default: 1 });
const HOLDERS: Readonly<Record<string, Holder>> = {
  object: {
    schema: inside => object('A map', { size, inside, other: text('Another', { default: 'x' }) }),
    value: inside => ({ inside: inside() }),
  },
  list: { schema: inside => list('A list', inside), value: inside => [inside(), inside()] },
  map: {
    schema: inside => mapOf('A map of any names', inside),
    value: inside => ({ x: inside(), 'x.x': inside() }),
  },
  oneOf: {
    // In the other branch the same name means something else.
    schema: inside => {
      const plain = object('Other', { inside: text('A text', { default: '' }) });
      return tagged('A choice', 'kind', { plain, it: object('It', { inside, size }) });
    },
    value: inside => ({ kind: 'it', inside: inside() }),
  },
};

/** Every way to put up to three of them into each other. */
const CHAINS: readonly (readonly string[])[] = [0, 1, 2].reduce<string[][]>(
  chains => [[], ...chains.flatMap(chain => Object.keys(HOLDERS).map(name => [name, ...chain]))],
  [[]],
);

let cwd: string;
let file: string;
beforeAll(async () => {
  const top = await temporaryFolder();
  cwd = join(top, 'here');
  file = join(cwd, 'toy.yaml');
  await mkdir(cwd);
  await mkdir(join(top, 'outside'));
  for (let i = 0; i < 8; i++) await writeFile(join(cwd, `file${i}`), String(i));
  await writeFile(join(top, 'outside', 'file'), '');
  await symlink(join(top, 'outside', 'file'), join(cwd, 'link'));
  await symlink(join(top, 'outside'), join(cwd, 'folder'));
  await symlink(join(cwd, 'nowhere'), join(cwd, 'dangling'));
});

function load(stage: AnyStage, options: Json): LoadResult {
  const written = JSON.stringify({ name: 'toy', stages: { it: { uses: 'learn', with: options } } });
  const disk: typeof realDisk = {
    ...realDisk,
    read: (path, limit) => (path === file ? { text: written } : realDisk.read(path, limit)),
  };
  return loadToy('', { file, cwd, disk, stages: { learn: stage } });
}

const BAD: readonly (readonly [string, string])[] = [
  ['/etc/passwd', 'outside-roots'],
  ['../outside/file', 'outside-roots'],
  ['folder/../../outside/file', 'outside-roots'],
  ['link', 'outside-roots'],
  ['folder/file', 'outside-roots'],
  ['dangling', 'missing-path'],
  ['missing', 'missing-path'],
  ['', 'missing-path'],
];

describe.each(CHAINS.map(chain => [[...chain, 'path'].join(' of '), chain] as const))('%s', (_, chain) => {
  const holders = chain.map(name => HOLDERS[name]!);
  const top = holders.reduceRight<Option>((inside, { schema }) => schema(inside), inputPath('A path'));
  const stage: AnyStage = { ...LEARN, options: object('Options', { size, top }) };
  /** Of as many different paths as there is room for. */
  const filled = (pathAt: (index: number) => string): readonly [Json, number] => {
    let count = 0;
    const leaf = (): Json => pathAt(count++);
    const value = holders.reduceRight<() => Json>((inside, holder) => () => holder.value(inside), leaf)();
    return [{ top: value }, count];
  };
  const [options, count] = filled(i => `file${i}`);

  test('is resolved, and its content is a leaf of the key of its own', () => {
    const result = load(stage, options);
    if (!result.ok) throw new Error(result.diagnostics[0]!.message);
    const step = result.pipeline.steps[0]!;
    expect(step.options).toMatchObject(filled(i => join(cwd, `file${i}`))[0] as object);
    const named = namedPaths(step);
    const inOrder = named.map(({ path }) => path).sort();
    expect(inOrder).toEqual(Array.from({ length: count }, (__, i) => join(cwd, `file${i}`)));
    const keyWith = (changed: string) => {
      const externals = new Map(named.map(({ path }) => [path, path === changed ? 'sha256:new' : `sha256:${path}`]));
      return keyOf(keyLeaves({ step, inputs: [], externals, program: {} }));
    };
    const keys = ['', ...inOrder].map(keyWith);
    expect(new Set(keys).size).toBe(count + 1);
    // Where it lies means nothing.
    expect(JSON.stringify(keyLeaves({ step, inputs: [], externals: new Map(), program: {} }))).not.toContain(cwd);
  });

  test('cannot lead out of the roots, wherever it stands', () => {
    for (const [path, code] of BAD) {
      for (let bad = 0; bad < count; bad++) {
        const result = load(stage, filled(i => (i === bad ? path : `file${i}`))[0]);
        expect([path, result.ok ? [] : result.diagnostics.map(each => each.code)]).toEqual([path, [code]]);
      }
    }
  });
});

describe('a stage whose schema marks a path, a secret or a member where nobody would find it', () => {
  const member = { type: 'string', enum: ['ball'], family: 'toys' };
  const path = { type: 'string', format: 'input-path' };
  const token = { type: 'string', format: 'secret' };
  const withPath = { type: 'object', properties: { path } };

  test.each<[string, object]>([
    ['#/properties/it/anyOf/0 (format input-path)', { anyOf: [path, { type: 'number' }] }],
    ['#/properties/it/oneOf/0/properties/path (format input-path)', { oneOf: [withPath, { type: 'number' }] }],
    ['#/properties/it/allOf/0/properties/path (format input-path)', { allOf: [withPath] }],
    ['#/properties/it/then/properties/path (format input-path)', { if: { type: 'object' }, then: withPath }],
    ['#/properties/it/items/0 (format input-path)', { type: 'array', items: [path] }],
    ['#/properties/it/patternProperties/^a (format secret)', { type: 'object', patternProperties: { '^a': token } }],
    [
      '#/properties/it/definitions/a (format secret)',
      { definitions: { a: token }, $ref: '#/properties/it/definitions/a' },
    ],
    [
      '#/properties/it/properties/default/anyOf/0 (format secret)',
      { type: 'object', properties: { default: { anyOf: [token] } } },
    ],
    ['#/properties/it (format input-path)', { type: ['string', 'array'], format: 'input-path' }],
    ['#/properties/it/anyOf/0 (family toys)', { anyOf: [member, { type: 'number' }] }],
    ['#/properties/it/items/0 (family toys)', { type: 'array', items: [member] }],
    ['#/properties/it (family toys)', { enum: ['ball'], family: 'toys' }],
    ['#/properties/it (family toys)', { type: 'array', items: { type: 'string' }, family: 'toys' }],
    ['#/properties/it (discriminator)', { discriminator: { propertyName: 'kind' }, oneOf: [] }],
    [
      '#/properties/it/properties/path (format input-path)',
      { ...withPath, discriminator: { propertyName: 'kind' }, oneOf: [] },
    ],
  ])('is a defect: %s', (where, it) => {
    const stage = { ...LEARN, options: { type: 'object', additionalProperties: false, properties: { it } } };
    expect(() => load(stage as unknown as AnyStage, {})).toThrow(
      new TypeError(`Options of learn are not found where their schema has them: ${where}`),
    );
  });

  test.each<[string, object]>([
    ['a list of names', { type: 'array', items: member }],
    ['a map of names', { type: 'object', additionalProperties: member }],
    ['a name or nothing', { ...member, type: ['string', 'null'], enum: ['ball', null] }],
    [
      'the tag of a choice',
      {
        type: 'object',
        discriminator: { propertyName: 'toy' },
        oneOf: [{ properties: { toy: { const: 'ball', family: 'toys' } }, required: ['toy'] }],
      },
    ],
  ])('is none with %s', (_, it) => {
    const stage = { ...LEARN, options: { type: 'object', additionalProperties: false, properties: { it } } };
    expect(load(stage as unknown as AnyStage, {})).toMatchObject({ ok: true });
  });
});
