import { describe, expect, test } from '@jest/globals';
import { resolvedYaml } from '../../../src/workflow/configuration/resolved';
import type { AnyStage } from '../../../src/stage';
import { accepted, loadToy, printed, refused, type Rest } from './load-toy';
import { LEARN, TOY_STAGES } from './toy-stages';

const rest: Rest = { stages: { ...TOY_STAGES, learn: LEARN } };
const learn = (options: string, top = ''): string =>
  `name: toy\n${top}stages:\n  it: { uses: learn, with: { ${options} } }`;
const optionsOf = (options: string, more: Rest = {}, top = '') =>
  accepted(learn(options, top), { ...rest, ...more }).steps[0]!.options;
/** Each with the text where it stands. */
const mistakes = (options: string, more: Rest = {}, top = '') =>
  refused(learn(options, top), { ...rest, ...more }).map(({ code, text, column, message }) => {
    return [code, /^[^,:}\]]*/.exec(text.slice(column - 1))![0].trim(), message];
  });

describe('options that a tag tells apart', () => {
  test('get the defaults of their branch, and those of a default', () => {
    expect(optionsOf('terms: [{ kind: mse }, { kind: cosine, weight: 2 }]')).toEqual({
      terms: [
        { kind: 'mse', weight: 1, reduction: 'mean' },
        { kind: 'cosine', weight: 2 },
      ],
      schedule: { by: 'step', milestones: [] },
    });
  });

  test('are told by what an expression stands for', () => {
    expect(optionsOf('terms: [{ kind: "${params.loss}" }]', {}, 'params: { loss: mse }\n')).toMatchObject({
      terms: [{ kind: 'mse', reduction: 'mean' }],
    });
  });

  test.each([
    [
      'terms: [{ kind: mse, wieght: 2 }]',
      [
        [
          'unknown-option',
          'wieght',
          'Unknown option "wieght" of "terms[0]" of learn: use "kind", "weight" or "reduction" (did you mean "weight"?)',
        ],
      ],
    ],
    [
      'terms: [{ kind: cosine, reduction: sum }]',
      [
        [
          'unknown-option',
          'reduction',
          'Unknown option "reduction" of "terms[0]" of learn: use "kind", "weight" or "margin"',
        ],
      ],
    ],
    [
      'terms: [{ kind: mse, weight: -1 }]',
      [
        [
          'bad-option',
          '-1',
          'Cannot use option "terms[0].weight" of learn: found -1, wanted a number of at least 0 (Factor on the term)',
        ],
      ],
    ],
    [
      'terms: [{ kind: cosin }]',
      [
        [
          'bad-option',
          'cosin',
          'Cannot use option "terms[0].kind" of learn: found "cosin", wanted one of "mse", "cosine" or "teacher" (did you mean "cosine"?)',
        ],
      ],
    ],
    [
      'terms: [{ kind: 3 }]',
      [
        [
          'bad-option',
          '3',
          'Cannot use option "terms[0].kind" of learn: found 3, wanted one of "mse", "cosine" or "teacher"',
        ],
      ],
    ],
    [
      'terms: [{ weight: 3 }]',
      [
        [
          'missing-option',
          '{ weight',
          'Missing option "terms[0].kind" of learn: wanted one of "mse", "cosine" or "teacher"',
        ],
      ],
    ],
    ['terms: [{ kin: mse }]', [['unknown-option', 'kin', 'Unknown option "kin" of "terms[0]" of learn: use "kind"']]],
    [
      'terms: [mse]',
      [
        [
          'bad-option',
          'mse',
          'Cannot use option "terms[0]" of learn: found "mse", wanted a map whose "kind" is one of "mse", "cosine" or "teacher" (A term)',
        ],
      ],
    ],
    [
      'terms: [{ kind: teacher }]',
      [
        [
          'missing-option',
          '{ kind',
          'Missing option "terms[0].weights" of learn: wanted a path of a file or folder (The model)',
        ],
      ],
    ],
    [
      'terms: [{ kind: mse, "<<": { weight: 3 } }]',
      [['unknown-option', '"<<"', expect.stringContaining('Unknown option "<<" of "terms[0]" of learn')]],
    ],
    ['terms: [{ "<<": { kind: mse } }]', [['unknown-option', '"<<"', expect.stringContaining('Unknown option "<<"')]]],
    [
      'terms: [], schedule: { by: nevr }',
      [
        [
          'bad-option',
          'nevr',
          expect.stringContaining('found "nevr", wanted one of "step" or "never" (did you mean "never"?)'),
        ],
      ],
    ],
    [
      'terms: [], domains: { a: [x] }',
      [['bad-option', '[x', 'Cannot use option "domains.a" of learn: found ["x"], wanted a map with "folders" (Data)']],
    ],
  ])('%s is answered for its branch alone, where it stands', (options, wanted) => {
    expect(mistakes(options)).toEqual(wanted);
  });

  test('say it once where the schema asks for the tag, too', () => {
    const terms = LEARN.options.properties['terms'] as unknown as { items: object };
    const asking = { ...terms, items: { ...terms.items, required: ['kind'] } };
    const stage = {
      ...LEARN,
      options: { ...LEARN.options, properties: { ...LEARN.options.properties, terms: asking } },
    };
    expect(mistakes('terms: [{ weight: 3 }]', { stages: { learn: stage as unknown as AnyStage } })).toHaveLength(1);
  });

  test('compare no long list item by item, however deep it lies', () => {
    const epochs = Array.from({ length: 300 }, (_, i) => i).join(', ');
    expect(mistakes(`terms: [], schedule: { by: step, milestones: [${epochs}] }`)).toEqual([
      [
        'too-many-values',
        '[0',
        'Cannot use option "schedule.milestones" of learn: found 300 items, at most 256 are compared',
      ],
    ]);
  });

  test('read numbers from the environment', () => {
    const text = 'terms: [{ kind: "${env:KIND}", weight: "${env:W}" }]';
    const env = { KIND: 'mse', W: '0.5' };
    expect(optionsOf(text, { env }, 'env: [KIND, W]\n')['terms']).toEqual([
      { kind: 'mse', weight: 0.5, reduction: 'mean' },
    ]);
  });
});

describe('a path inside an option', () => {
  test('is resolved against the working directory; a default that says none stays', () => {
    const text = 'terms: [{ kind: teacher, weights: m/x }], domains: { a: { folders: [one, /proj/here/two] } }';
    expect(optionsOf(text)).toMatchObject({
      terms: [{ weights: '/proj/here/m/x', extra: '' }],
      domains: { a: { folders: ['/proj/here/one', '/proj/here/two'] } },
    });
  });

  test.each([
    [
      'weights: /etc/passwd',
      'outside-roots',
      'Cannot use "/etc/passwd", option "terms[0].weights" of learn: /etc/passwd is outside',
    ],
    ['weights: ../x', 'outside-roots', 'option "terms[0].weights" of learn: /proj/x is outside'],
    ['weights: link', 'outside-roots', '/proj/here/link leads to /secret, which is outside'],
    [
      'weights: missing',
      'missing-path',
      'Cannot find "missing", option "terms[0].weights" of learn: /proj/here/missing does not exist',
    ],
    ['weights: ""', 'missing-path', 'Cannot find "", option "terms[0].weights" of learn: the path is empty'],
  ])('%s is refused where it stands', (text, code, message) => {
    const found = mistakes(`terms: [{ kind: teacher, ${text} }]`, { links: { link: '/secret' } });
    expect(found).toEqual([[code, text.slice(9), expect.stringContaining(message)]]);
  });

  test('is named without its index in a list of paths', () => {
    expect(mistakes('terms: [], domains: { a: { folders: [x, missing] } }')).toEqual([
      ['missing-path', 'missing', expect.stringContaining('"missing", option "domains.a.folders" of learn')],
    ]);
  });

  test('is a root of the resolved pipeline, which loads again with the same options and places', () => {
    const text = 'terms: [{ kind: teacher, weights: /data/x }], domains: { a.b: { folders: [/data/y] } }';
    const pipeline = accepted(learn(text, 'roots: [/data]\n'), rest);
    const yaml = resolvedYaml(pipeline);
    expect(yaml).toContain('roots: ["/data/x","/data/y"]');
    const [again] = accepted(yaml, { ...rest, cwd: '/home/other' }).steps;
    expect(again!.options).toEqual(pipeline.steps[0]!.options);
    for (const leaf of ['terms[0].weights', 'domains["a.b"].folders[0]', 'domains["a.b"].folders[0]/more']) {
      expect(pipeline.steps[0]!.placesOf(`options.${leaf}`)).toHaveLength(1);
    }
  });

  test('has companions, which a stage tells by where its schema has it', () => {
    const stage: AnyStage = {
      ...LEARN,
      companions: {
        'terms[].weights': () => ['more'],
        'domains.*.folders': path => [`${path.split('/').at(-1)!}.list`],
      },
    };
    const stages = { learn: stage };
    const text = 'terms: [{ kind: teacher, weights: m/x }], domains: { a: { folders: [one] } }';
    const [step] = accepted(learn(text), { ...rest, stages }).steps;
    expect(step!.companions).toEqual(['/proj/here/m/more', '/proj/here/one.list']);
    expect(mistakes(text, { stages, links: { 'm/more': '/secret' } })).toEqual([
      [
        'outside-roots',
        'm/x',
        expect.stringContaining('Cannot use "m/x", option "terms[0].weights" of learn: it refers to /proj/here/m/more'),
      ],
    ]);
    const unknown = { ...LEARN, companions: { 'terms.weights': () => [] } };
    expect(() => loadToy(learn('terms: []'), { ...rest, stages: { learn: unknown } })).toThrow(
      new TypeError('No path is an option terms.weights of learn, which knows something about it'),
    );
    const chooser = { ...LEARN, chooses: { terms: () => Promise.resolve('a') } };
    expect(() => loadToy(learn('terms: []'), { ...rest, stages: { learn: chooser } })).toThrow(
      new TypeError('No option terms of learn, which chooses it, may be auto'),
    );
  });
});

describe('a secret inside an option', () => {
  const top = 'secrets: [KEY]\n';
  const env = { KEY: 'hunter2!' };

  test('is taken where the schema says so, alone or in a text', () => {
    const text = 'terms: [], server: { token: "Bearer ${secret:KEY}" }';
    expect(optionsOf(text, { env }, top)['server']).toEqual({ token: 'Bearer ${secret:KEY}' });
  });

  test.each(['server: { url: "${secret:KEY}" }', 'server: { other: "${secret:KEY}" }', 'server: "${secret:KEY}"'])(
    'is refused elsewhere: %s',
    text => {
      const found = loadToy(learn(`terms: [], ${text}`, top), { ...rest, env });
      expect(printed(found)).toMatch(
        /toy\.yaml:4:\d+ .*option "server[.a-z]*" of learn may not hold secrets.*of learn, "server\.token" may/,
      );
    },
  );

  test('is refused in a tag', () => {
    expect(mistakes('terms: [{ kind: "${secret:KEY}" }]', { env }, top)).toEqual([
      ['bad-expression', '${secret', expect.stringContaining('option "terms" of learn may not hold secrets')],
    ]);
  });
});
