import { describe, expect, test } from '@jest/globals';
import { redactor, revealSecrets } from '../../../src/workflow/configuration/check/secrets';
import { accepted, refused } from './load-toy';

const stage = (entry: string, top = 'env: [NOTE, SEED]\nsecrets: [TOKEN]') => `name: a
${top}
params: {share: 1}
stages:
  draw: {uses: draw-faces}
  align: {uses: align-faces, in: {photos: draw}}
  it: ${entry}`;
const mix = (note: string, more = '') =>
  stage(`{uses: mix-sets, in: {faces: align}, with: {ratio: 1, note: ${JSON.stringify(note)}}${more}}`);
const ENV = { NOTE: 'from outside', SEED: '7', TOKEN: 's3cret-value', OTHER: 'x', EMPTY: '' };
const last = (text: string, env: Record<string, string> = ENV) => accepted(text, { env }).steps.at(-1)!;

describe('${env:NAME}', () => {
  test('is text, and a number for an option that wants one', () => {
    expect(last(mix('${env:NOTE}!')).options['note']).toBe('from outside!');
    expect(last(mix('${env:SEED}')).options['note']).toBe('7');
    expect(last(stage('{uses: draw-faces, with: {seed: "${env:SEED}"}}')).options['seed']).toBe(7);
  });

  test('works in parameters, and a parameter keeps that it can be a number', () => {
    const text = stage('{uses: draw-faces, with: {seed: "${params.seed}"}}').replace(
      '{share: 1}',
      '{seed: "${env:SEED}"}',
    );
    const { params, steps } = accepted(text, { env: ENV });
    expect([params['seed'], steps.at(-1)!.options['seed']]).toEqual(['7', 7]);
  });

  test('is not read again: what looks like an expression there is text', () => {
    expect(last(mix('${env:NOTE}'), { NOTE: '${params.share}' }).options['note']).toBe('${params.share}');
  });

  test.each([
    ['undeclared-env', '${env:OTHER}', 'env: [OTHER]'],
    ['undeclared-env', '${env:NOTES}', 'did you mean "NOTE"?'],
    ['undeclared-env', '${env:__proto__}', '__proto__'],
    ['unset-env', '${env:NOTE}', 'not set'],
    ['undeclared-secret', '${secret:OTHER}', 'secrets: [OTHER]'],
    ['unset-secret', '${secret:TOKEN}', 'not set'],
  ])('refuses %s at the expression: %s', (code, expression, words) => {
    const [diagnostic] = refused(mix(`x ${expression}`), { env: {} });
    expect(diagnostic).toMatchObject({ code, line: 8, length: expression.length });
    expect(diagnostic!.message).toContain(words);
  });

  test('a number that is none is refused as text', () => {
    const text = stage('{uses: draw-faces, with: {seed: "${env:SEED}"}}');
    expect(refused(text, { env: { SEED: '7 or so' } })).toMatchObject([{ code: 'bad-option', line: 8 }]);
    expect(refused(text, { env: { SEED: '-7' } })).toMatchObject([{ code: 'bad-option', line: 8 }]);
  });

  test.each(['env: [A B]', 'env: [1]', 'env: NOTE', 'secrets: {TOKEN: x}', 'env: ["A=b"]'])('refuses %s', top => {
    expect(refused(stage('{uses: draw-faces}', top))[0]!.code).toMatch(/^(bad-name|wrong-kind)$/);
  });
});

describe('env of a stage', () => {
  test('gives the variables that are declared at the top', () => {
    const step = last(mix('x', ', env: [SEED]'));
    expect(step.env).toEqual({ SEED: '7' });
    expect(step.placesOf('env.SEED')).toMatchObject([{ line: 8, text: 'SEED' }]);
    expect(step.placesOf('env.OTHER')).toEqual([]);
  });

  test('refuses others, and those that are not set', () => {
    expect(refused(mix('x', ', env: [OTHER]'), { env: ENV })).toMatchObject([{ code: 'undeclared-env', line: 8 }]);
    expect(refused(mix('x', ', env: [SEED]'), { env: {} })).toMatchObject([{ code: 'unset-env', line: 8 }]);
  });
});

describe('${secret:NAME}', () => {
  test('stays in the options; the value is beside them, and revealed for the stage alone', () => {
    const { steps, secrets, params } = accepted(mix('key ${secret:TOKEN}!'), { env: ENV });
    const { options } = steps.at(-1)!;
    expect(options['note']).toBe('key ${secret:TOKEN}!');
    expect(secrets).toEqual({ TOKEN: 's3cret-value' });
    expect(JSON.stringify([steps.map(step => step.options), params])).not.toContain('s3cret');
    expect(revealSecrets(options, secrets)['note']).toBe('key s3cret-value!');
  });

  test('one that is declared, set and not used is known all the same: a stage may print it', () => {
    expect(accepted(mix('x'), { env: ENV }).secrets).toEqual({ TOKEN: 's3cret-value' });
    expect(accepted(mix('x'), { env: { ...ENV, TOKEN: '' } }).secrets).toEqual({});
  });

  test('text of a parameter, an argument or the environment never turns into one', () => {
    const text = mix('${params.share}');
    expect(refused(text, { env: ENV, set: { share: '${secret:TOKEN}' } })).toMatchObject([{ code: 'bad-expression' }]);
    expect(refused(mix('${env:NOTE}'), { env: { ...ENV, NOTE: '${secret:TOKEN}' } })).toMatchObject([
      { code: 'bad-expression', line: 8 },
    ]);
    expect(refused(mix('$${secret:TOKEN}'), { env: ENV })).toMatchObject([{ code: 'bad-expression', line: 8 }]);
    expect(refused(mix('${secret:TOKEN} $${secret:TOKEN}'), { env: ENV })).toMatchObject([{ code: 'bad-expression' }]);
    expect(refused(mix('$${${env:NOTE}'), { env: { ...ENV, NOTE: 'secret:TOKEN}' } })).toMatchObject([
      { code: 'bad-expression' },
    ]);
  });

  test('is refused in an option that does not say that it takes secrets, which tells who can take them', () => {
    const titled = (title: string) => mix('x').replace('ratio: 1,', `ratio: 1, title: ${JSON.stringify(title)},`);
    for (const title of ['${secret:TOKEN}', 'run ${secret:TOKEN}!']) {
      const mistakes = refused(titled(title), { env: ENV });
      expect(mistakes).toMatchObject([{ code: 'bad-expression', line: 8, length: '${secret:TOKEN}'.length }]);
      expect(mistakes[0]!.message).toMatch(
        /"title" of mix-sets may not hold secrets.*of mix-sets, "note" may.*env:NAME/,
      );
    }
    const listed = stage('{uses: draw-faces, with: {groups: [A, "${secret:TOKEN}"]}}');
    expect(refused(listed, { env: ENV })).toMatchObject([
      { message: expect.stringContaining('no option of draw-faces may') },
    ]);
    const nested = stage('{uses: align-faces, in: {photos: draw}, with: {crop: {top: "${secret:TOKEN}"}}}');
    expect(refused(nested, { env: ENV })).toMatchObject([
      { message: expect.stringContaining('"crop" of align-faces') },
    ]);
  });

  test('is refused there in every file that a pipeline is made of', () => {
    const title = 'secrets: [TOKEN]\nstages: {it: {with: {title: "${secret:TOKEN}"}}}';
    const extended = refused(`name: b\nextends: base.yaml\n${title}`, { env: ENV, files: { 'base.yaml': mix('x') } });
    expect(extended).toMatchObject([{ code: 'bad-expression', line: 4 }]);
    const part = mix('x').replace('ratio: 1,', 'ratio: 1, title: "${secret:TOKEN}",');
    const imported = 'name: b\nimports: {part: part.yaml}\nstages: {draw: {uses: draw-faces}}';
    expect(refused(imported, { env: ENV, files: { 'part.yaml': part } })).toMatchObject([
      { code: 'bad-expression', line: 8 },
    ]);
  });

  test('adds nothing where the stage or the option is not known', () => {
    const unknown = (entry: string) => refused(stage(entry), { env: ENV }).map(({ code }) => code);
    expect(unknown('{uses: draw-facs, with: {seed: "${secret:TOKEN}"}}')).toEqual(['unknown-stage']);
    expect(unknown('{uses: draw-faces, with: {sed: "${secret:TOKEN}"}}')).toEqual(['unknown-option']);
  });

  test('is for "with" only', () => {
    const text = mix('x').replace('{share: 1}', '{share: "${secret:TOKEN}"}');
    expect(refused(text, { env: ENV })).toMatchObject([{ code: 'bad-expression', line: 4 }]);
  });
});

describe('revealSecrets()', () => {
  test('reaches into lists and maps, and leaves other names and the options themselves alone', () => {
    const options = {
      a: ['${secret:A}', { b: 'x${secret:B}${secret:A}' }],
      c: '${secret:C} ${params.x}',
      d: 1,
      e: null,
    };
    const before = JSON.stringify(options);
    expect(revealSecrets(options, { A: 'one', B: '$& ${secret:A}' })).toEqual({
      a: ['one', { b: 'x$& ${secret:A}one' }],
      c: '${secret:C} ${params.x}',
      d: 1,
      e: null,
    });
    expect(JSON.stringify(options)).toBe(before);
    expect(revealSecrets({ a: '${secret:constructor}' }, {})).toEqual({ a: '${secret:constructor}' });
  });
});

describe('redactor()', () => {
  const value = 'p@ss "word"/\n+é(';
  const redact = redactor({ A: value, B: 'p@ss', C: 'abc', D: '' });

  test.each([
    ['as it is', value],
    ['in JSON', JSON.stringify(value).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ['in an address', encodeURIComponent(value)],
    ['in an address with small digits', encodeURIComponent(value).replace(/%../g, code => code.toLowerCase())],
    ['in a form', encodeURIComponent(value).replaceAll('%20', '+')],
    ['in a strict address', encodeURIComponent(value).replace('(', '%28')],
    ['a shorter one', 'p@ss'],
  ])('hides a secret %s, everywhere', (_, form) => {
    expect(redact(`a ${form} b ${form}`)).toBe('a *** b ***');
  });

  test('does not touch what is shorter than four characters, and other text', () => {
    expect(redact('abc is fine')).toBe('abc is fine');
    expect(redactor({})('anything $&')).toBe('anything $&');
  });

  test('hides the lines of a secret that has several', () => {
    const pem = redactor({ KEY: '-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----\n' });
    expect(pem('line: MIIEvQIBADANBg')).toBe('line: ***');
  });

  test.each([
    ['clipped', 'a p@ss "wor… b', 'a ***… b'],
    ['clipped in a quotation', 'found "p@ss \\"word\\"/…", want', 'found "***…", want'],
    ['clipped with dots', 'p@ss "word"...', '***...'],
    ['cut off in front', '…"word"/\n+é( b', '…*** b'],
    ['cut in the middle', 'p@ss …\n…word"/\n+é(', '***…\n…***'],
    ['wrapped', 'p@ss\n  "word"/ +é(', '***'],
  ])('hides what is left of one that was %s', (_, text, clean) => {
    expect(redactor({ A: value })(text)).toBe(clean);
  });

  test('leaves text beside a cut alone in which less than four characters are like the secret', () => {
    const plain = 'p@s… and …é( and wait... see https…';
    expect(redactor({ A: value })(plain)).toBe(plain);
  });

  test('hides a secret that ends with its line, and nothing where one is white space only', () => {
    expect(redactor({ A: 'p@ss\n' })('p@ss and p@ss\n')).toBe('*** and ***\n');
    expect(redactor({ A: '      ' })('a      b')).toBe('a      b');
  });

  test('takes values that are no valid text', () => {
    expect(redactor({ A: 'half\ud800pair' })('x half\ud800pair')).toBe('x ***');
  });
});
