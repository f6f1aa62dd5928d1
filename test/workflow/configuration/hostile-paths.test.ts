import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { realDisk } from '../../../src/workflow/configuration/read/disk';
import { marked } from '../../helpers/marked';
import { temporaryFolder } from '../../helpers/temporary-folder';
import { loadToy } from './load-toy';

const STAGES = 'stages: {a: {uses: draw-faces}}\n';

/** Ways out of the folder of a pipeline, and what is no file, by the path that a file names. */
const FILES: readonly (readonly [name: string, path: string, code: string])[] = [
  ['a file beside the folder', '../outside.yaml', 'outside-folder'],
  ['an absolute path', '/etc/hostname', 'outside-folder'],
  ['a link out of the folder', 'link.yaml', 'outside-folder'],
  ['a link to a folder outside', 'away/outside.yaml', 'outside-folder'],
  ['a link to a link', 'twice.yaml', 'outside-folder'],
  ['a detour', 'sub/../../outside.yaml', 'outside-folder'],
  ['a device', '/dev/zero', 'outside-folder'],
  ['a link to a device', 'zero.yaml', 'outside-folder'],
  ['a file of the system', '/proc/self/environ', 'outside-folder'],
  ['a pipe', 'pipe.yaml', 'not-a-file'],
  ['a folder', 'sub', 'not-a-file'],
  ['the folder itself', '.', 'not-a-file'],
  ['a link to itself', 'loop.yaml', 'missing-file'],
  ['nothing', 'nothing.yaml', 'missing-file'],
  ['an empty path', '""', 'missing-file'],
  ['a path with a zero', '"a\\0.yaml"', 'missing-file'],
  ['an endless path', 'x'.repeat(100_000), 'missing-file'],
  ['a file as a folder', 'lib.yaml/x.yaml', 'missing-file'],
  ['an address', 'https://example.org/x.yaml', 'missing-file'],
  ['50 megabytes', 'large.yaml', 'file-too-large'],
  ['what is no text', 'binary.yaml', 'not-text'],
];

const NAMED = {
  extends: (path: string) => `name: a\nextends: «${path}»\n${STAGES}`,
  'a list of extends': (path: string) => `name: a\nextends: [lib.yaml, «${path}»]\n${STAGES}`,
  imports: (path: string) => `name: a\nimports: {x: «${path}»}\n${STAGES}`,
  'the file of an import': (path: string) => `name: a\nimports: {x: {file: «${path}»}}\n${STAGES}`,
  paramsFiles: (path: string) => `name: a\nparamsFiles: [«${path}»]\n${STAGES}`,
};

/** Ways out of the roots, by the path of an option. */
const INPUTS: readonly (readonly [name: string, path: string, top: string, code: string])[] = [
  ['a folder beside the working directory', '../other', '', 'outside-roots'],
  ['an absolute path', '/etc', '', 'outside-roots'],
  ['the whole disk', '/', '', 'outside-roots'],
  ['a link out', 'out', '', 'outside-roots'],
  ['behind a link out', 'out/data', '', 'outside-roots'],
  ['a detour', 'sub/../../other', '', 'outside-roots'],
  ['a folder whose name begins like a root', '../other-too', 'roots: [../other]', 'outside-roots'],
  ['out of a root', '../other/../other-too', 'roots: [../other]', 'outside-roots'],
  ['a root of a file that is extended', '../other', 'extends: roots.yaml', 'outside-roots'],
  ['a root of a file that is imported', '../other', 'imports: {x: roots.yaml}', 'outside-roots'],
  ['nothing', 'nothing', '', 'missing-path'],
  ['a path with a zero', '"a\\0b"', '', 'missing-path'],
  ['an endless path', 'x'.repeat(100_000), '', 'missing-path'],
  ['a link to itself', 'loop.yaml', '', 'missing-path'],
  ['a home directory', '~/data', '', 'missing-path'],
];

const ROOTS = ['/', '""', '/..', 'disk', '../../../../../../../../../..', '/proc/self/root'];

let [folder, cases] = ['', 0];

beforeAll(async () => {
  const parent = await temporaryFolder();
  folder = join(parent, 'here');
  for (const name of ['here/sub', 'other/data', 'other-too']) mkdirSync(join(parent, name), { recursive: true });
  const at = (name: string) => join(folder, name);
  writeFileSync(join(parent, 'outside.yaml'), STAGES);
  writeFileSync(at('lib.yaml'), STAGES);
  writeFileSync(at('roots.yaml'), `roots: [../other]\n${STAGES}`);
  writeFileSync(at('binary.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
  writeFileSync(at('large.yaml'), STAGES);
  truncateSync(at('large.yaml'), 50_000_000);
  execFileSync('mkfifo', [at('pipe.yaml')]);
  const links = {
    'link.yaml': '../outside.yaml',
    'twice.yaml': 'link.yaml',
    'loop.yaml': 'loop.yaml',
    'zero.yaml': '/dev/zero',
    away: '..',
    out: '../other',
    disk: '/',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, at(name));
});

afterAll(() => {
  process.stdout.write(`hostile paths: ${cases} cases\n`);
});

/** The mistakes of a text in a file in the temporary folder, read from the real disk. */
function mistakesOf(text: string, file = 'main.yaml') {
  cases++;
  writeFileSync(join(folder, file), text);
  const result = loadToy('', { file: join(folder, file), cwd: folder, disk: realDisk });
  return result.ok ? [] : result.diagnostics;
}

describe.each(Object.entries(NAMED))('loadPipeline() refuses in %s', (_, write) => {
  test.each(FILES)('%s: %s', (_name, path, code) => {
    const { text, line, column } = marked(write(path));
    expect(mistakesOf(text)).toMatchObject([{ code, line, column, file: join(folder, 'main.yaml') }]);
  });

  test('the same named by a file that is extended, there', () => {
    const { text, line, column } = marked(write('../outside.yaml').replace('name: a\n', ''));
    writeFileSync(join(folder, 'middle.yaml'), text);
    expect(mistakesOf(`name: a\nextends: middle.yaml\n${STAGES}`)).toMatchObject([
      { code: 'outside-folder', line, column, file: join(folder, 'middle.yaml') },
    ]);
  });
});

describe('loadPipeline() refuses as an input', () => {
  test.each(INPUTS)('%s: %s %s', (_name, path, top, code) => {
    const source = `name: a\n${top}\nstages: {r: {uses: read-faces, with: {folder: «${path}»}}}`;
    const { text, line, column } = marked(source);
    const [diagnostic, ...more] = mistakesOf(text);
    expect(more).toEqual([]);
    expect(diagnostic).toMatchObject({ code, line, column });
    if (code !== 'outside-roots') return;
    expect(diagnostic!.message).toMatch(/add roots: \["[^"]+"\] to its top/);
    expect(diagnostic!.message.includes('do not count')).toBe(top.includes('roots.yaml'));
  });

  test.each(INPUTS)('the same in a list, from a parameter: %s %s', (_name, path, top, code) => {
    const source = `name: a\n${top}\nparams: {p: ${path}}\nstages: {r: {uses: read-faces, with: {lists: [sub, "«\${params.p}»"]}}}`;
    const { text, line, column } = marked(source);
    expect(mistakesOf(text)).toMatchObject([{ code, line, column: column - 1, notes: [{ line: line - 1 }] }]);
  });

  test.each(ROOTS)('a root that is the whole disk: %s', root => {
    const { text, line, column } = marked(`name: a\nroots: [sub, «${root}»]\n${STAGES}`);
    expect(mistakesOf(text)).toMatchObject([{ code: 'bad-root', line, column }]);
  });
});

describe('loadPipeline() accepts', () => {
  const read = (path: string, top = '') => `name: a\n${top}\nstages: {r: {uses: read-faces, with: {folder: ${path}}}}`;

  test.each([
    ['the working directory', read('.')],
    ['a folder in it, by its absolute path', () => read(join(folder, 'sub'))],
    ['a root', read('../other', 'roots: [../other]')],
    ['a folder in a root, behind a link', read('out/data', 'roots: [../other]')],
    ['a root that is named through a link', read('../other/data', 'roots: [out]')],
    ['a root that is not there, when nothing lies in it', read('sub', 'roots: [/nothing/there]')],
    ['what the message says to add', read('/etc', 'roots: ["/etc"]')],
  ])('%s', (_, text) => {
    expect(mistakesOf(typeof text === 'string' ? text : text())).toEqual([]);
  });

  test('the main file anywhere, and files beside it or in the working directory', () => {
    writeFileSync(join(folder, '..', 'other', 'near.yaml'), 'params: {x: 1}');
    const text = `name: a\nextends: [near.yaml, ../here/lib.yaml]\n`;
    writeFileSync(join(folder, '..', 'other', 'main.yaml'), text);
    const result = loadToy('', { file: '../other/main.yaml', cwd: folder, disk: realDisk });
    expect(result.ok && result.pipeline.steps.map(({ id }) => id)).toEqual(['a']);
  });

  test('no main file that is not there, a folder or a pipe', () => {
    const load = (file: string) => loadToy('', { file, cwd: folder, disk: realDisk });
    for (const [file, code] of [
      ['none.yaml', 'missing-file'],
      ['sub', 'not-a-file'],
      ['pipe.yaml', 'not-a-file'],
      ['large.yaml', 'file-too-large'],
    ]) {
      expect(load(file!)).toMatchObject({ ok: false, diagnostics: [{ code, line: 1, column: 1 }] });
    }
  });
});
