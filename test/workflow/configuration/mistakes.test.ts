import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { marked } from '../../helpers/marked';
import { refused } from './load-toy';

/** One stage entry in an otherwise right file. */
const stage = (entry: string) => `name: a
params: {seed: 1, share: 7, list: [1]}
stages:
  draw: {uses: draw-faces}
  read: {uses: read-faces, in: {photos: draw}}
  align: {uses: align-faces, in: {photos: draw}}
  mix: {uses: mix-sets, in: {faces: align}, with: {ratio: 1}}
  it: ${entry}
`;

/** Text with the wrong part in « », the code, and words that the message must have. */
type Mistake = readonly [code: string, text: string, ...words: string[]];

const YAML_MISTAKES: readonly Mistake[] = [
  [
    'yaml-syntax',
    'name: a\nstages: {a: {uses: draw-faces, with: {seed: $«{»params.seed}}}}',
    'put quotes round "${…}"',
  ],
  ['yaml-syntax', 'with: {seed: $«{»params.seed}}', 'put quotes'],
  ['yaml-syntax', 'name: a\n«\t»stages: b', 'Tabs'],
  ['yaml-syntax', 'name: "a\n«»', 'Missing closing'],
  ['empty-file', '«#» only a comment\n', '"name" and "stages"'],
  ['empty-file', '«n»ull', 'empty'],
  ['several-documents', 'name: a\n«---»\nname: b\n', 'one document'],
  ['unknown-alias', 'name: «*nobody»\nstages: {a: {uses: draw-faces}}', '"&nobody"'],
  ['unsupported-tag', 'name: !!binary «aaaa»\nstages: {a: {uses: draw-faces}}', 'binary'],
  ['unsupported-tag', 'name: a\nstages: {a: {uses: draw-faces, with: {seed: !js «1»}}}', '"!js"'],
  ['bad-number', stage('{uses: draw-faces, with: {seed: «12345678901234567890»}}'), '12345678901234567890', 'quotes'],
  ['bad-number', stage('{uses: align-faces, in: {photos: draw}, with: {margin: «.nan»}}'), 'finite'],
  ['bad-number', stage('{uses: align-faces, in: {photos: draw}, with: {margin: «1e999»}}'), 'finite'],
  ['forbidden-key', stage('{uses: draw-faces, with: {«__proto__»: {seed: 1}}}'), '"__proto__"'],
  ['forbidden-key', 'name: a\nparams: {«constructor»: 1}\nstages: {a: {uses: draw-faces}}', 'constructor'],
  ['control-character', 'name: a\nparams: {«"a\\u001bb"»: 1}\nstages: {a: {uses: draw-faces}}', '"a\\u001bb"'],
  ['control-character', 'name: a\nparams: {«"a\\u202eb"»: 1}\nstages: {a: {uses: draw-faces}}', '"a\\u202eb"'],
  ['duplicate-key', stage('{uses: draw-faces, with: {seed: 1, «seed»: 2}}'), 'twice'],
];

const SHAPE_MISTAKES: readonly Mistake[] = [
  ['wrong-kind', '«- name: a»\n', 'a list', 'a map'],
  ['wrong-kind', 'name: a\nstages: «[draw-faces]»\n', '"stages"', 'a list'],
  ['wrong-kind', 'name: «3»\nstages: {a: {uses: draw-faces}}', 'a number', 'a string'],
  ['wrong-kind', 'name: a\nengine: «[wasm]»\nstages: {a: {uses: draw-faces}}', 'a list', 'a string'],
  ['wrong-kind', 'name: a\ndescription: «true»\nstages: {a: {uses: draw-faces}}', 'true', 'a string'],
  ['wrong-kind', stage('«draw-faces»'), '"it"', 'a string', 'a map'],
  ['wrong-kind', stage('{uses: «[draw-faces]»}'), '"uses"', 'a list'],
  ['wrong-kind', stage('{uses: draw-faces, with: «3»}'), '"with"', 'a number'],
  ['wrong-kind', stage('{uses: align-faces, in: {photos: «3»}}'), '<id>.<port>'],
  ['wrong-kind', stage('{uses: mix-sets, in: {faces: [align, «null»]}, with: {ratio: 1}}'), 'nothing'],
  ['unknown-engine', 'name: a\nengine: «wsam»\nstages: {a: {uses: draw-faces}}', '"auto"', 'did you mean "wasm"?'],
  ['unknown-key', 'name: a\n«stage»: {}\nstages: {a: {uses: draw-faces}}', 'did you mean "stages"?'],
  ['unknown-key', stage('{uses: draw-faces, «wiht»: {seed: 1}}'), 'did you mean "with"?'],
  ['unknown-key', stage('{uses: draw-faces, «seed»: 1}'), 'an option', 'under "with"'],
  ['unknown-key', stage('{uses: read-faces, «photos»: draw}'), 'an input', 'under "in"'],
  ['unknown-key', stage('{«<<»: {uses: draw-faces}}'), 'merge keys of YAML are not read here', '${params.<name>}'],
  ['bad-name', 'name: a\nparams: {«<<»: {b: 1}}\nstages: {a: {uses: draw-faces}}', 'as a parameter name: merge keys'],
  ['missing-key', '«stages»: {a: {uses: draw-faces}}', '"name"'],
  ['missing-key', '«name»: a', '"stages"'],
  ['missing-key', stage('{}').replace('it:', '«it»:'), '"uses"'],
  ['missing-key', stage('').replace('it:', '«it»:'), '"uses"'],
  ['missing-key', stage('{«use»: draw-faces}'), 'did you mean "uses"'],
  ['bad-name', 'name: «../b»\nstages: {a: {uses: draw-faces}}', '"../b"', 'small letters'],
  ['bad-name', 'name: «""»\nstages: {a: {uses: draw-faces}}', 'small letters'],
  ['bad-name', 'name: a\nstages: {«A.b»: {uses: draw-faces}}', '"A.b"'],
  ['bad-name', `name: «${'a'.repeat(65)}»\nstages: {a: {uses: draw-faces}}`, '64'],
  ['bad-name', 'name: a\nparams: {«a.b»: 1}\nstages: {a: {uses: draw-faces}}', '"a.b"'],
  ['empty-stages', 'name: a\n«stages»: {}', 'at least one'],
  ['empty-stages', 'name: a\n«stages»:\n', 'at least one'],
];

const OPTION_MISTAKES: readonly Mistake[] = [
  ['unknown-stage', stage('{uses: «aline-faces»}'), 'did you mean "align-faces"?', '"mix-sets"'],
  ['unknown-stage', stage('{uses: «constructor»}'), '"constructor"'],
  ['unknown-option', stage('{uses: draw-faces, with: {«sede»: 1}}'), '"seed" or "groups"', 'did you mean "seed"?'],
  ['unknown-option', stage('{uses: report, in: {faces: align}, with: {«sede»: 1}}'), 'there are none'],
  ['unknown-option', stage('{uses: align-faces, in: {photos: draw}, with: {«photos»: draw}}'), 'under "in"'],
  ['unknown-option', stage('{uses: mix-sets, in: {faces: align}, with: {«ration»: 1}}'), 'use "ratio"'],
  [
    'unknown-option',
    stage('{uses: align-faces, in: {photos: draw}, with: {crop: {top: 1, «lefd»: 1}}}'),
    '"crop"',
    'did you mean "left"?',
  ],
  [
    'unknown-option',
    stage('{uses: mix-sets, in: {faces: align}, with: {«<<»: {ratio: 1}}}'),
    'merge keys',
    '"extends"',
  ],
  ['missing-option', stage('{uses: mix-sets, in: {faces: align}}').replace('it:', '«it»:'), '"ratio"', 'from 0 to 1'],
  ['missing-option', stage('{uses: mix-sets, in: {faces: align}, «with»: {note: a}}'), 'Share of real identities'],
  ['missing-option', stage('{uses: align-faces, in: {photos: draw}, with: {crop: «{left: 1}»}}'), '"crop.top"'],
  ['bad-option', stage('{uses: draw-faces, with: {seed: «-1»}}'), 'found -1', 'an integer of at least 0'],
  ['bad-option', stage('{uses: draw-faces, with: {seed: «1.5»}}'), 'found 1.5', 'Seed of everything'],
  ['bad-option', stage('{uses: draw-faces, with: {seed: «"1"»}}'), 'found "1"', 'remove the quotes'],
  ['bad-option', stage('{uses: draw-faces, with: {«seed»: }}'), 'found null'],
  ['bad-option', stage('{uses: draw-faces, with: {groups: «A»}}'), 'a list', 'one of "A", "B", "C" or "D"'],
  ['bad-option', stage('{uses: draw-faces, with: {groups: [A, «E»]}}'), '"groups[1]"'],
  ['bad-option', stage('{uses: draw-faces, with: {groups: «[A, A]»}}'), 'without repetitions'],
  ['bad-option', stage('{uses: align-faces, in: {photos: draw}, with: {margin: «1.5»}}'), 'a number from 0 to 1'],
  [
    'bad-option',
    stage('{uses: align-faces, in: {photos: draw}, with: {template: «arcfaec»}}'),
    'did you mean "arcface"?',
  ],
  ['bad-option', stage('{uses: align-faces, in: {photos: draw}, with: {label: «A1»}}'), '^[a-z]+$'],
  [
    'bad-option',
    stage('{uses: align-faces, in: {photos: draw}, with: {reduction: «-1»}}'),
    '"mean" or a number above 0',
  ],
  ['bad-option', stage('{uses: draw-faces, with: {seed: «"${params.list}"»}}'), 'found [1]'],
  [
    'missing-path',
    stage('{uses: read-faces, with: {folder: «missing/a.jpg»}}'),
    '/proj/here/missing/a.jpg',
    '/proj/here)',
  ],
  ['missing-path', stage('{uses: read-faces, with: {folder: «/missing»}}'), '/missing does not exist'],
  ['missing-path', stage('{uses: read-faces, with: {folder: «""»}}'), 'empty'],
  ['missing-path', stage('{uses: read-faces, with: {lists: [there, «missing»]}}'), '"lists"'],
  ['unknown-param', stage('{uses: draw-faces, with: {seed: "${params.«sed»}"}}'), 'did you mean "seed"?'],
  ['unknown-param', stage('{uses: draw-faces, with: {seed: "${params.seed.«x»}"}}'), 'not a map'],
  ['unknown-param', 'name: a\nstages: {a: {uses: draw-faces, with: {seed: "${params.«x»}"}}}', 'empty'],
  ['unknown-param', stage('{uses: draw-faces, with: {seed: "${params.«__proto__»}"}}'), '__proto__'],
  // An escape in the string hides where in it the expression is.
  ['unknown-param', stage('{uses: draw-faces, with: {seed: «"\\u0024{params.x}"»}}'), '"x"'],
  ['bad-expression', stage('{uses: draw-faces, with: {seed: "«${seed}»"}}'), 'did you mean "${params.seed}"?'],
  ['bad-expression', stage('{uses: draw-faces, with: {seed: «"a ${params.seed"»}}'), 'closing'],
  ['undeclared-env', stage('{uses: draw-faces, with: {seed: "$${a} «${env:HOME}» ${params.seed}"}}'), 'env: [HOME]'],
  ['bad-expression', stage('{uses: align-faces, in: {photos: «"${params.list}"»}}'), 'for "with" only'],
  ['bad-expression', 'name: a\nparams: {a: 1, b: "«${params.a}»"}\nstages: {a: {uses: draw-faces}}', 'another'],
  [
    'param-not-text',
    stage('{uses: mix-sets, in: {faces: align}, with: {ratio: 1, note: "a «${params.list}»"}}'),
    'a list',
    'a string, number or boolean',
  ],
];

const INPUT_MISTAKES: readonly Mistake[] = [
  ['unknown-input', stage('{uses: align-faces, in: {photos: draw, «photo»: draw}}'), 'use "photos"'],
  ['unknown-input', stage('{uses: align-faces, in: {«photo»: draw}}'), 'use "photos"'],
  ['unknown-input', stage('{uses: align-faces, in: {«<<»: {photos: draw}}}'), 'merge keys'],
  ['unknown-input', stage('{uses: draw-faces, in: {«photos»: draw}}'), 'takes no inputs'],
  ['unknown-input', stage('{uses: align-faces, in: {photos: draw, «margin»: draw}}'), 'under "with"'],
  ['missing-input', stage('{uses: align-faces}').replace('it:', '«it»:'), '"photos"', '"draw" and "read" make'],
  ['missing-input', stage('{uses: mix-sets, «in»: {extra: align}, with: {ratio: 1}}'), '"faces"', 'mix.real'],
  ['missing-input', stage('{uses: mix-sets, in: {faces: «[]»}, with: {ratio: 1}}'), 'face-set'],
  ['unknown-step', stage('{uses: align-faces, in: {photos: «draws»}}'), 'did you mean "draw"?'],
  ['unknown-step', stage('{uses: align-faces, in: {photos: «constructor.name»}}'), '"constructor"'],
  ['unknown-step', 'name: a\nstages: {a: {uses: align-faces, in: {photos: «b»}}}', 'there is no other'],
  ['unknown-output', stage('{uses: align-faces, in: {photos: «draw.photo»}}'), 'did you mean "photos"?'],
  ['unknown-output', stage('{uses: align-faces, in: {photos: «draw.»}}'), '""'],
  ['unknown-output', stage('{uses: align-faces, in: {photos: «draw.__proto__»}}'), '__proto__'],
  ['ambiguous-output', stage('{uses: report, in: {faces: «mix»}}'), '"mix.real" or "mix.synthetic"'],
  ['type-mismatch', stage('{uses: report, in: {faces: «draw»}}'), 'photo-set', 'face-set', '"align"'],
  ['type-mismatch', stage('{uses: report, in: {faces: «read.pairs»}}'), 'pair-list', 'face-set'],
  [
    'type-mismatch',
    stage('{uses: mix-sets, in: {faces: [align, «read»]}, with: {ratio: 1}}'),
    'photo-set and pair-list',
  ],
  ['list-not-accepted', stage('{uses: align-faces, in: {photos: «[draw]»}}'), 'one stage'],
  ['self-reference', stage('{uses: read-faces, in: {photos: «it»}}'), '"it"'],
  ['self-reference', stage('{uses: mix-sets, in: {faces: [align, «it»]}, with: {ratio: 1}}'), '"it"'],
  [
    'cycle',
    `name: a
stages:
  top: {uses: align-faces, in: {photos: c}}
  c: {uses: read-faces, in: {photos: «a»}}
  a: {uses: read-faces, in: {photos: b.photos}}
  b: {uses: read-faces, in: {photos: c.photos}}`,
    'c -> a -> b -> c',
  ],
];

const MISTAKES = [...YAML_MISTAKES, ...SHAPE_MISTAKES, ...OPTION_MISTAKES, ...INPUT_MISTAKES];

describe('loadPipeline() refuses', () => {
  test.each(
    MISTAKES.map(
      mistake => [mistake[0], mistake[1].split('\n').find(line => line.includes('«')) ?? '', mistake] as const,
    ),
  )('%s: %s', (_code, _line, [code, source, ...words]) => {
    const { text, line, column, length } = marked(source);
    const diagnostics = refused(text);
    expect(diagnostics).toMatchObject([{ code, line, column, length: Math.max(1, length) }]);
    for (const word of words) expect(diagnostics[0]!.message).toContain(word);
    expect(diagnostics[0]!.message).toMatch(/^[A-Z"].*[^.]$/su);
  });

  test('a --set that cannot be read or names nothing, at the parameters', () => {
    const text = 'name: a\ndescription: b\nparams: {seed: 1}\nstages: {a: {uses: draw-faces}}';
    expect(refused(text, { set: { seed: '[1', sed: '2' } })).toMatchObject([
      { code: 'bad-set', line: 3, column: 1, length: 6 },
      { code: 'unknown-set', line: 3, column: 1, length: 6 },
    ]);
    expect(refused(text, { set: { sed: '2' } })[0]!.message).toContain('did you mean "seed"?');
    expect(refused('name: a\nstages: {a: {uses: draw-faces}}', { set: { sed: '2' } })).toMatchObject([
      { code: 'unknown-set', line: 1, column: 1 },
    ]);
  });

  test('a key that stands twice, with a note where it stands first', () => {
    const notes = refused('name: a\nname: b\nstages: {a: {uses: draw-faces}}')[0]!.notes;
    expect(notes).toMatchObject([{ line: 1, column: 1, length: 4 }]);
  });

  test('a cycle, with a note at every other link', () => {
    const text = `name: a
stages:
  a: {uses: read-faces, in: {photos: b.photos}}
  b: {uses: read-faces, in: {photos: a.photos}}`;
    expect(refused(text)[0]!.notes).toMatchObject([{ line: 4, column: 38, length: 8 }]);
  });

  test('every cycle of a file', () => {
    const read = (id: string, from: string) => `  ${id}: {uses: read-faces, in: {photos: ${from}.photos}}`;
    const text = ['name: a', 'stages:', read('a', 'b'), read('b', 'a'), read('c', 'd'), read('d', 'c')].join('\n');
    expect(refused(text).map(({ code, line }) => [code, line])).toEqual([
      ['cycle', 3],
      ['cycle', 5],
    ]);
  });

  test('every code that the source can report has a case in these tests', () => {
    const folder = join(__dirname, '../../../src/workflow/configuration');
    const source = textsBelow(folder);
    const reported = /(?:\bcode: |\b(?:broken|giveUp|problem)\(\s*)'([a-z-]+)'(?=,)(?!, exit)/g;
    const isOurs = (text: string) => /\breport\b|from '[./a-z]*\/problem'/.test(text);
    const codes = source.filter(isOurs).flatMap(text => [...text.matchAll(reported)].map(match => match[1]!));
    const tests = textsBelow(__dirname).join();
    expect(codes.length).toBeGreaterThan(30);
    expect([...new Set(codes)].filter(code => !tests.includes(`'${code}'`))).toEqual([]);
  });
});

function textsBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter(name => name.endsWith('.ts')).map(name => readFileSync(join(folder, name), 'utf8'));
}
