import { sha256Text } from '../../../src/kit/files/sha256';
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { locateArtifact } from '../../../src/commands/shared/locate';
import { showArtifact, type ShowOptions } from '../../../src/commands/show';
import { beginPictures, keepPictures } from '../../../src/workflow/store/objects/pictures';
import { KEY } from '../../helpers/artifacts';
import { NOW, shownStore } from '../helpers/shown-store';

type Shown = Awaited<ReturnType<typeof shownStore>>;

describe('showArtifact()', () => {
  let shown: Shown;
  beforeAll(async () => {
    shown = await shownStore({
      looks: [{ file: 'red.png', caption: 'A red picture' }],
      options: { seed: 1, margin: { mean: 0.5 } },
      externals: [{ option: 'folder', path: '/data/rfw\u001b', digest: `sha256:${'ab'.repeat(32)}` }],
      headline: 'accuracy 91.2 %',
      metrics: { accuracy: { A: 0.912345678 } },
      rows: { reused: 3, total: 25 },
    });
  });
  const show = (argument: string, options: Partial<ShowOptions> = {}) => showIn(shown, argument, options);

  test('sums an artifact up: what made it, from what, options, outputs, headline, metrics and files', async () => {
    const text = await show('toy/one');
    for (const part of [
      'toy/one: say, version 1\nSays\n',
      'made     2026-01-01 00:00 UTC, 1 h ago, run amber-otter',
      '3 of 25 taken from earlier work',
      'folder  /data/rfw\uFFFD  abababab…',
      'margin.mean  0.5',
      '\naccuracy 91.2 %\n',
      'accuracy.A  0.912346',
      '  data.csv',
      '31 files, such as many-0.jpg',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('shows a table with types, metadata, the first rows and clipped vectors', async () => {
    expect((await show('toy/one/rows.parquet', { rows: 2 })).split('\n').slice(1)).toEqual([
      '25 rows, 3 columns',
      '  name    string',
      '  score   double, may be missing',
      '  vector  vector of 4 float32',
      '  teacher = abc',
      '',
      'name      score  vector',
      '────────────────────────────────────────',
      'zero\uFFFD[2J      0  [0.00, 0.500, -1.00, …]',
      'row 1         –  [1.00, 0.500, -1.00, …]',
      '… 23 more rows',
      '',
    ]);
  });

  test('names the columns for which there is no room', async () => {
    expect(await show('toy/one/rows.parquet', { rows: 2, columns: 24 })).toContain('… and the column vector');
  });

  test('shows rows of comma-separated values, quotes resolved, numbers aligned', async () => {
    expect(await show('toy/one/data.csv')).toContain(
      '2 rows, 2 columns\n\nname    count\n─────────────\na, "b"      1\nc          20\n',
    );
    expect(await show('toy/one/data.csv', { rows: 1 })).toContain('… 1 more rows');
  });

  test('indents JSON, and prints text without what acts on a terminal', async () => {
    expect(await show('toy/one/numbers.json')).toContain('{\n  "a": [\n    1,\n    2\n  ],\n  "b": "x"\n}\n');
    expect(await show('toy/one/text/text.txt')).toBe('text/text.txt, 17 B\nfirst\nsecond\uFFFD[2J\n');
    expect(await show('toy/one/empty.txt')).toContain('the file is empty');
    expect(await show('toy/one/noise.bin')).toContain('not text: 3 bytes');
  });

  test('tells inputs, outputs, operators and parameters of a model', async () => {
    const text = await show('toy/one/model.onnx');
    expect(text).toContain('10 parameters, 1 node: 1 Gemm');
    expect(text).toMatch(/input {3}input {3}\[N, 4\]\n {2}output {2}output {2}\[N, 2\]/);
  });

  test('tells tensors of safetensors', async () => {
    expect(await show('toy/one/weights.safetensors')).toContain(
      '1 tensor of float32, 6 values\n  w  [2, 3]\n  by = test\n',
    );
  });

  test('says what a picture is and shows, and where it lies', async () => {
    const [head, facts, caption, path, ...rest] = (await show('toy/one/red.png')).split('\n');
    expect([head, facts, caption, rest]).toEqual([
      expect.stringMatching(/^red\.png, \d+ B$/),
      'png picture, 4 × 3 pixels',
      'A red picture',
      [''],
    ]);
    expect(statSync(path!).isFile()).toBe(true);
  });

  test('says of a picture of an artifact without any that there is none', async () => {
    await expect(show('toy/one/pictures/nope.svg')).rejects.toMatchObject({
      code: 'no-such-picture',
      message: expect.stringContaining('it has none yet; a run draws them'),
    });
  });

  test('lists pictures apart from what the artifact is, and shows each', async () => {
    const { store, made } = shown;
    const folder = await beginPictures(store, made);
    writeFileSync(join(folder, 'note.txt'), 'drawn\n');
    const pictures = [{ file: 'note.txt', caption: 'A note', bytes: 6, sha256: sha256Text('drawn\n') }];
    await keepPictures(store, made, folder, { code: 'sha256:1', pictures });
    const summary = await show('toy/one');
    expect(summary).toMatch(/\ndrawn from it\n {2}pictures\/note\.txt +6 B +A note\n$/);
    expect(summary).toMatch(/\n40 files, /);
    expect(await show('toy/one/pictures/note.txt')).toBe('pictures/note.txt, 6 B\ndrawn\n');
    expect(await show('toy/one/pictures')).toMatch(/^pictures\/\n {2}note\.txt +6 B\n$/);
    await expect(show('toy/one/pictures/pictures.json')).rejects.toMatchObject({ code: 'no-such-picture', exit: 2 });
    await expect(show('toy/one/pictures/nope.svg')).rejects.toMatchObject({
      message: expect.stringContaining('there are note.txt in pictures/'),
    });
  });

  test('says of pictures that other code draws now that they are old', async () => {
    const asked: string[] = [];
    const drawnBy = (code: string | undefined) => ({ drawnBy: (stage: string) => (asked.push(stage), code) });
    const OLDER = 'drawn by an older version; the next run draws them again';
    expect(await show('toy/one', drawnBy('sha256:2'))).toContain(`\ndrawn from it (${OLDER})\n`);
    expect(await show('toy/one/pictures/note.txt', drawnBy('sha256:2'))).toBe(
      `pictures/note.txt, 6 B\ndrawn\n${OLDER}\n`,
    );
    expect(await show('toy/one/data.csv', drawnBy('sha256:2'))).not.toContain(OLDER);
    for (const code of ['sha256:1', undefined]) expect(await show('toy/one', drawnBy(code))).not.toContain(OLDER);
    expect(new Set(asked)).toEqual(new Set(['say']));
  });

  test('lists a folder in an artifact', async () => {
    expect(await show('toy/one/text')).toMatch(/^text\/\n {2}31 files, such as many-0\.jpg +17 B\n$/);
  });

  test('finds an artifact by the beginning of its object, digest or key', async () => {
    const { object, digest } = shown.made.action;
    for (const argument of [object.slice(0, 8), digest.slice(0, 20), digest.slice(7, 15), KEY.slice(0, 6)]) {
      expect(await show(argument)).toContain('toy/one: say');
    }
  });

  test.each([
    ['toy/won', 'did you mean "toy/one"?'],
    ['abcd0000', 'Cannot find the artifact "abcd0000"'],
    ['.store', 'is not in an artifact'],
    ['/etc/hostname', 'is not in an artifact'],
  ])('refuses %s', (argument, message) => {
    expect(() => locateArtifact(argument, { cwd: shown.root, store: shown.store, actions: shown.actions })).toThrow(
      expect.objectContaining({ code: 'artifact-not-found', exit: 2, message: expect.stringContaining(message) }),
    );
  });
});

describe('showArtifact() of what is damaged', () => {
  const CASES: [string, string, (path: string) => void, string][] = [
    ['rows.parquet', 'cut short', path => truncateSync(path, 50), 'damaged-artifact'],
    ['rows.parquet', 'overwritten with noise', path => writeFileSync(path, noise(path)), 'bad-table'],
    ['model.onnx', 'overwritten with noise', path => writeFileSync(path, noise(path)), 'damaged-file'],
    ['weights.safetensors', 'overwritten with noise', path => writeFileSync(path, noise(path)), 'bad-safetensors'],
    ['numbers.json', 'overwritten with noise', path => writeFileSync(path, noise(path)), 'damaged-file'],
    ['red.png', 'overwritten with noise', path => writeFileSync(path, noise(path)), 'unreadable-image'],
    ['red.png', 'removed', path => rmSync(path), 'artifact-not-found'],
  ];

  test.each(CASES)('says of %s that was %s one sentence', async (file, _, damage, code) => {
    const shown = await shownStore();
    damage(join(shown.made.folder, file));
    const failure = await showIn(shown, `toy/one/${file}`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'UserError', code });
    expect((failure as Error).message).not.toContain('\n');
  });

  test('refuses an artifact whose manifest was changed, but shows the manifest', async () => {
    const shown = await shownStore();
    const path = join(shown.made.folder, 'manifest.json');
    writeFileSync(path, '{"kind": "fairdistill-artifact"}');
    await expect(showIn(shown, 'toy/one')).rejects.toMatchObject({ code: 'damaged-artifact', exit: 6 });
    expect(await showIn(shown, 'toy/one/manifest.json')).toContain('"kind": "fairdistill-artifact"');
  });
});

async function showIn(
  { root, store, actions }: Shown,
  argument: string,
  options: Partial<ShowOptions> = {},
): Promise<string> {
  const all = { cwd: root, now: NOW, rows: 10, columns: 100, ...options };
  return showArtifact(locateArtifact(argument, { cwd: root, store, actions }), all);
}

function noise(path: string): Buffer {
  return Buffer.alloc(statSync(path).size, 0x7b);
}
