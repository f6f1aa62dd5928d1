import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { changedText, forbiddenText } from '../../src/kit/loaded-code';
import { REPOSITORY } from '../helpers/run-cli';
import { temporaryFolder } from '../helpers/temporary-folder';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** A build of two modules, in a folder of its own, and a program in it that watches what it loads. */
describe('loaded-code', () => {
  let dist: string;
  beforeEach(async () => {
    dist = join(await temporaryFolder(), 'dist');
    await mkdir(join(dist, 'src', 'kit'), { recursive: true });
    const built = ['src', 'kit', 'loaded-code.js'];
    await copyFile(join(REPOSITORY, 'dist', ...built), join(dist, ...built));
    await write('src/a', 'exports.a = 1;');
    await write('src/b', 'exports.b = 1;');
  });
  const write = (name: string, text: string): Promise<void> => writeFile(join(dist, `${name}.js`), text);
  const EXPECTED = { 'src/a': digest('exports.a = 1;'), 'src/b': digest('exports.b = 1;') };

  /** What the program says, as JSON. `change`: the text that takes the place of `src/b`. */
  const run = (program: string): unknown => {
    const begin = `
      const code = require('./src/kit/loaded-code'); code.watchLoading();
      const say = value => process.stdout.write(JSON.stringify(value ?? null));
      const change = text => require('node:fs').writeFileSync(require.resolve('./src/b'), text);
      const expected = ${JSON.stringify(EXPECTED)};`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', `${begin}\n${program}`], {
      cwd: dist,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };

  test('reports what was loaded, not what is there afterwards', () => {
    const found = run(
      `change('exports.b = 2;'); require('./src/b'); change('exports.b = 1;'); say(code.loadedTexts());`,
    );
    expect(found).toEqual({ 'src/b': digest('exports.b = 2;') });
    expect(changedText(EXPECTED, found as typeof EXPECTED)).toBe('src/b');
    expect(changedText(EXPECTED, {})).toBeUndefined();
  });

  test('reports what was loaded and must not be, which is no change, and need not be there', () => {
    const found = run(`
      const changed = code.holdTexts({ ...expected, 'src/b': null, 'src/gone': null });
      require('./src/b'); say([changed ?? 'none', code.loadedTexts()]);`) as [string, Record<string, string>];
    expect(found).toEqual(['none', { 'src/b': EXPECTED['src/b'] }]);
    const expected = { ...EXPECTED, 'src/b': null };
    expect([changedText(expected, found[1]), forbiddenText(expected, found[1])]).toEqual([undefined, 'src/b']);
    expect(forbiddenText(EXPECTED, found[1])).toBeUndefined();
  });

  test('holds modules in memory, for threads too, whatever is built meanwhile', () => {
    const program = `
      const changed = code.holdTexts(expected);
      change('exports.b = 2;');
      const thread = "require(" + JSON.stringify(require.resolve('./src/kit/loaded-code')) + ").watchLoading();" +
        "require('node:worker_threads').parentPort.postMessage(require(" + JSON.stringify(require.resolve('./src/b')) + ").b)";
      new (require('node:worker_threads').Worker)(thread, { eval: true }).on('message', there =>
        say([changed ?? 'none', require('./src/b').b, there, code.changedOnDisk(expected)]));`;
    expect(run(program)).toEqual(['none', 1, 1, 'src/b']);
  });

  test('holds nothing when a module is another one: on the disk, loaded, or gone', () => {
    expect(run(`change('exports.b = 2;'); say([code.holdTexts(expected), require('./src/b').b]);`)).toEqual([
      'src/b',
      2,
    ]);
    expect(
      run(`change('exports.b = 2;'); require('./src/b'); change('exports.b = 1;'); say(code.holdTexts(expected));`),
    ).toBe('src/b');
    expect(run(`require('node:fs').rmSync('./src/a.js'); say(code.holdTexts(expected));`)).toBe('src/a');
  });
});
