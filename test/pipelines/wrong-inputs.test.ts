import { cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli } from '../helpers/run-cli';
import { encodeOnnx, tinyRecogniser } from '../helpers/tiny-onnx';

const DRAW = `
name: drawn
stages:
  draw:
    uses: synthesize-faces
    with: { trainIdentities: 2, trainImages: 2, testIdentities: 0 }
`;
const OWN = `
name: own
stages:
  read:
    uses: read-faces
    with: { folder: photos }
  align:
    uses: align-faces
    in: { photos: read }
  embed:
    uses: embed-faces
    in: { faces: align }
    with: { model: teacher.onnx }
`;

const FLAT = {
  inputs: [{ name: 'data', shape: ['N', 3, 112, 112] }],
  nodes: [{ op: 'Flatten', in: ['data'], out: 'flat' }],
  outputs: [{ name: 'flat', shape: ['N', 3 * 112 * 112] }],
};
const beside = (location: string): Uint8Array => tinyRecogniser({ size: 112, dim: 8, external: { location } });

/** What a user gets wrong, typed as a user types it: the message names the file and what to do, and finished work is kept. */
describe('pipeline run with wrong inputs', () => {
  let drawn: string;
  let folder: string;
  beforeAll(async () => {
    drawn = await mkdtemp(join(tmpdir(), 'fairdistill-drawn-'));
    writeFileSync(join(drawn, 'drawn.yaml'), DRAW);
    const { code, stderr } = await runCli(['run', 'drawn.yaml'], drawn);
    if (code !== 0) throw new Error(stderr);
  }, 120_000);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairdistill-wrong-'));
    cpSync(join(drawn, 'artifacts', 'drawn', 'draw', 'photos'), join(folder, 'photos'), {
      recursive: true,
      dereference: true,
    });
    writeFileSync(join(folder, 'teacher.onnx'), tinyRecogniser({ size: 112, dim: 8 }));
    writeFileSync(join(folder, 'own.yaml'), OWN);
  });

  const at = (...path: string[]): string => join(folder, ...path);
  const firstPhoto = (): string => {
    const identities = at('photos', 'train', 'data', 'B');
    const [identity] = readdirSync(identities).sort();
    const [file] = readdirSync(join(identities, identity!)).sort();
    return join(identities, identity!, file!);
  };
  const landmarks = (): string => at('photos', 'train', 'txts', 'C', 'C_lmk.txt');
  const editLandmarks = (edit: (lines: string[]) => string[]): void => {
    const lines = readFileSync(landmarks(), 'utf8').trimEnd().split('\n');
    writeFileSync(landmarks(), edit(lines).join('\n') + '\n');
  };
  const edit = (from: string, to: string): void => writeFileSync(at('own.yaml'), OWN.replace(from, to));

  test('the untouched inputs pass, so that each failure below has one cause', async () => {
    expect((await runCli(['run', 'own.yaml'], folder)).code).toBe(0);
  });

  test.each<[string, () => void, number, readonly string[], readonly string[]]>([
    [
      'a folder that is not there',
      () => edit('photos }', 'fotos }'),
      3,
      ['own.yaml:6:21', 'fotos', 'does not exist'],
      [],
    ],
    ['YAML that does not end', () => edit('align }', 'align'), 3, ['own.yaml:', 'YAML'], []],
    [
      'an unknown stage',
      () => edit('align-faces', 'alignfaces'),
      3,
      ['own.yaml:8:11', 'did you mean "align-faces"'],
      [],
    ],
    [
      'an option out of range',
      () => edit('photos: read }', 'photos: read }\n    with: { allowSkipped: 2 }'),
      3,
      ['allowSkipped', 'found 2'],
      [],
    ],
    [
      'a truncated JPEG',
      () => truncateSync(firstPhoto(), 2000),
      1,
      ['real-b-train-0001_0001.jpg', 'truncated', 'allowSkipped', 'damaged: skip'],
      ['read'],
    ],
    [
      'a JPEG that is none',
      () => writeFileSync(firstPhoto(), 'not a picture'),
      1,
      ['real-b-train-0001_0001.jpg', 'not-an-image'],
      ['read'],
    ],
    ['an empty JPEG', () => writeFileSync(firstPhoto(), ''), 1, ['real-b-train-0001_0001.jpg'], []],
    [
      'a landmark file with a missing row',
      () => editLandmarks(lines => lines.slice(1)),
      1,
      ['C_lmk.txt', 'missing-landmarks', 'Group C: 1'],
      ['read'],
    ],
    [
      'a landmark row with a missing number',
      () => editLandmarks(([first, ...rest]) => [first!.replace(/\t[^\t]*$/, ''), ...rest]),
      1,
      ['C_lmk.txt:1', '11 fields'],
      [],
    ],
    [
      'a landmark row for a photograph that is not there',
      () => rmSync(firstPhoto()),
      1,
      ['B_lmk.txt:1', 'real-b-train-0001_0001.jpg'],
      [],
    ],
    [
      'landmarks that all coincide',
      () =>
        editLandmarks(([first, ...rest]) => [
          first!
            .split('\t')
            .map((cell, i) => (i < 2 ? cell : '50'))
            .join('\t'),
          ...rest,
        ]),
      1,
      ['landmarks-points-coincide', 'Group C: 1'],
      ['read'],
    ],
    ['a model that is not there', () => rmSync(at('teacher.onnx')), 3, ['teacher.onnx', 'does not exist'], []],
    [
      'a model that is no ONNX file',
      () => writeFileSync(at('teacher.onnx'), '<!doctype html><title>404</title>'),
      3,
      ['own.yaml:13:20', 'teacher.onnx', 'it is a web page'],
      [],
    ],
    [
      'an empty model',
      () => writeFileSync(at('teacher.onnx'), ''),
      3,
      ['own.yaml:13:20', 'teacher.onnx', 'the file is empty'],
      [],
    ],
    [
      'a model without its weights',
      () => writeFileSync(at('teacher.onnx'), beside('weights.data')),
      3,
      ['own.yaml:13:20', 'it refers to', 'weights.data, which does not exist; copy it there'],
      [],
    ],
    [
      'a model that reaches for other files',
      () => writeFileSync(at('teacher.onnx'), beside('../../etc/passwd')),
      3,
      ['own.yaml:13:20', 'it says that its weights are in "../../etc/passwd"'],
      [],
    ],
    [
      'a model that was cut short',
      () => truncateSync(at('teacher.onnx'), 2000),
      3,
      ['own.yaml:13:20', 'it was cut short: it has 2000 bytes'],
      [],
    ],
    [
      'a model that is newer than onnxruntime',
      () => writeFileSync(at('teacher.onnx'), encodeOnnx({ ...FLAT, opset: 99 })),
      1,
      ['teacher.onnx', 'operator set 99', 'opset_version='],
      ['read', 'align'],
    ],
    [
      'a model of another input size',
      () => writeFileSync(at('teacher.onnx'), tinyRecogniser({ size: 128, dim: 8 })),
      1,
      ['teacher.onnx', '128', '112', '`size: 128` of align-faces'],
      ['read', 'align'],
    ],
    [
      'a model of an input size that faces cannot have',
      () => writeFileSync(at('teacher.onnx'), tinyRecogniser({ size: 160, dim: 8 })),
      1,
      ['teacher.onnx', '160 x 160', 'align-faces makes faces of 112, 128, 224', 'free height and width'],
      ['read', 'align'],
    ],
  ])('%s: one message, exit code, finished work kept', async (_, spoil, code, said, kept) => {
    spoil();
    const result = await runCli(['run', 'own.yaml'], folder);
    expect(result.stderr).not.toMatch(/defect|\n\s+at .*\.js:/);
    for (const words of said) expect(result.stderr).toContain(words);
    expect(result.code).toBe(code);
    for (const stage of kept) expect(existsSync(at('artifacts', 'own', stage, 'manifest.json'))).toBe(true);
    expect(existsSync(at('artifacts', 'own', 'embed'))).toBe(false);
    if (code === 3) expect(existsSync(at('artifacts'))).toBe(false);
  });

  test('a photograph without landmarks is left out, counted and listed when the pipeline allows it', async () => {
    editLandmarks(lines => lines.slice(1));
    edit('photos: read }', 'photos: read }\n    with: { allowSkipped: 0.25 }');
    expect((await runCli(['run', 'own.yaml'], folder)).code).toBe(0);
    const info = JSON.parse(readFileSync(at('artifacts', 'own', 'align', 'faces', 'face-set.json'), 'utf8')) as object;
    expect(info).toMatchObject({ count: 15, skipped: { C: { 'missing-landmarks': 1 } } });
    expect(readFileSync(at('artifacts', 'own', 'align', 'skipped.csv'), 'utf8')).toContain(
      'real-c-train-0001_0001.jpg',
    );
  });
});
