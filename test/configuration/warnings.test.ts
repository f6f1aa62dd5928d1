import { describe, expect, test } from '@jest/globals';
import { loadToy, type Rest } from './load-toy';

/** `line:column message` of every warning; the file is right otherwise. */
function warned(text: string, rest: Rest = {}): string[] {
  const result = loadToy(text, rest);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.warnings.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

const withSeed = (seed: string): string => `name: x
params: {seed: ${seed}}
stages: {draw: {uses: draw-faces, with: {seed: "\${params.seed}"}}}`;

describe('loadPipeline() warns of a number with a leading zero, which other readers of YAML read in another way', () => {
  test.each([
    [
      '010',
      10,
      'The number 010 is read as 10, and as 8 by readers of YAML 1.1 such as PyYAML: write 10, or "010" if it is text',
    ],
    [
      '08',
      8,
      'The number 08 is read as 8, and as a text by readers of YAML 1.1 such as PyYAML: write 8, or "08" if it is text',
    ],
    ['+007', 7, 'The number +007 is read as 7, without the zero in front: write +7, or "+007" if it is text'],
    ['02', 2, 'The number 02 is read as 2, without the zero in front: write 2, or "02" if it is text'],
  ])('%s', (text, value, message) => {
    const result = loadToy(withSeed(text));
    expect(result).toMatchObject({ ok: true, warnings: [{ code: 'leading-zero', line: 2, column: 16 }] });
    expect(result).toMatchObject({ pipeline: { steps: [{ options: { seed: value } }] } });
    expect(warned(withSeed(text))).toEqual([expect.stringContaining(`2:16 leading-zero ${message}`)]);
  });

  test('in a list, each one', () => {
    expect(
      warned('name: x\nparams: {all: [08, 09, 10]}\nstages: {draw: {uses: draw-faces}}').map(text => text.slice(0, 33)),
    ).toEqual(['2:16 leading-zero The number 08 i', '2:20 leading-zero The number 09 i']);
  });

  test('in --set and in the environment', () => {
    expect(warned(withSeed('1'), { set: { seed: '010' } })).toEqual([
      expect.stringMatching(/leading-zero --set seed=010: The number 010 is read as 10/),
    ]);
    const text = 'name: x\nenv: [SEED]\nstages: {draw: {uses: draw-faces, with: {seed: "${env:SEED}"}}}';
    expect(warned(text, { env: { SEED: '010' } })).toEqual([expect.stringContaining('The number 010 is read as 10')]);
  });

  test.each(['0', '-0', '0.5', '00', '10', '0o10', '0x1F', '1e3', '"010"'])('not of %s', text => {
    expect(warned(`name: x\nparams: {x: ${text}}\nstages: {draw: {uses: draw-faces}}`)).toEqual([]);
  });
});

describe('loadPipeline() reads numbers of the environment as --set does', () => {
  const text =
    'name: x\nenv: [SEED]\nparams: {seed: 1}\nstages: {draw: {uses: draw-faces, with: {seed: "${env:SEED}"}}}';
  test.each([
    ['0x10', 16],
    ['0o17', 15],
    ['1e3', 1000],
    ['+7', 7],
  ])('%s', (value, seed) => {
    const fromEnvironment = loadToy(text, { env: { SEED: value } });
    const fromArgument = loadToy(withSeed('1'), { set: { seed: value } });
    for (const result of [fromEnvironment, fromArgument]) {
      expect(result).toMatchObject({ ok: true, pipeline: { steps: [{ options: { seed } }] }, warnings: [] });
    }
  });
});
