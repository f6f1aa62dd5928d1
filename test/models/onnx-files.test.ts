import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Writer } from 'protobufjs';
import { UserError } from '../../src/errors';
import { seededRandom } from '../../src/kit/math/random';
import { digestOnnx, onnxNeighbours } from '../../src/models/onnx-files';
import { temporaryFolder } from '../helpers/temporary-folder';
import { externalData, message, projectionFile, tinyRecogniser } from '../helpers/tiny-onnx';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function save(content: string | Uint8Array, name = 'model.onnx'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const recogniser = (location?: string, more: Readonly<Record<string, string>> = {}): Uint8Array =>
  tinyRecogniser({ size: 4, dim: 2, ...(location !== undefined && { external: { location, ...more } }) });

type Write = (writer: Writer) => void;
const inField =
  (number: number, write: Write): Write =>
  writer =>
    message(writer, number, write);
const tensor =
  (location: string): Write =>
  writer =>
    externalData(writer, { location });

/** A model of these fields, with what every model has. */
function model(...parts: readonly Write[]): Uint8Array {
  const writer = Writer.create();
  writer.uint32(8).int64(8);
  for (const part of parts) part(writer);
  message(writer, 8, opset => void opset.uint32(16).int64(13));
  return writer.finish();
}

const [GRAPH, TRAINING, FUNCTION] = [7, 20, 25];
const inGraph = (...parts: readonly Write[]): Write => inField(GRAPH, writer => parts.forEach(part => part(writer)));
const [NODE, INITIALIZER, SPARSE_INITIALIZER] = [1, 5, 15];
const ATTRIBUTE = 5;
const inAttribute = (field: number, write: Write): Write => inField(NODE, inField(ATTRIBUTE, inField(field, write)));

describe('onnxNeighbours()', () => {
  test('are none for a model that is one file', async () => {
    expect(onnxNeighbours(await save(recogniser()))).toEqual([]);
  });

  test.each<[string, Write]>([
    ['an initializer', inGraph(inField(INITIALIZER, tensor('x.data')))],
    ['the values of a sparse initializer', inGraph(inField(SPARSE_INITIALIZER, inField(1, tensor('x.data'))))],
    ['the indices of a sparse initializer', inGraph(inField(SPARSE_INITIALIZER, inField(2, tensor('x.data'))))],
    ['an attribute, as of Constant', inGraph(inAttribute(5, tensor('x.data')))],
    ['a list of an attribute', inGraph(inAttribute(10, tensor('x.data')))],
    ['a sparse attribute', inGraph(inAttribute(22, inField(1, tensor('x.data'))))],
    ['a list of sparse tensors', inGraph(inAttribute(23, inField(1, tensor('x.data'))))],
    ['a branch of If', inGraph(inAttribute(6, inField(INITIALIZER, tensor('x.data'))))],
    ['one of several graphs', inGraph(inAttribute(11, inField(INITIALIZER, tensor('x.data'))))],
    ['a graph in a graph', inGraph(inAttribute(6, inAttribute(6, inAttribute(5, tensor('x.data')))))],
    ['a function', inField(FUNCTION, inField(7, inField(ATTRIBUTE, inField(5, tensor('x.data')))))],
    ['a default of a function', inField(FUNCTION, inField(11, inField(5, tensor('x.data'))))],
    ['a graph for training', inField(TRAINING, inField(2, inField(INITIALIZER, tensor('x.data'))))],
  ])('are found wherever a tensor can stand: %s', async (_, part) => {
    const bytes = model(inGraph(), part);
    expect(onnxNeighbours(await save(bytes))).toEqual(['x.data']);
  });

  test('are named once, sorted, without what says nothing', async () => {
    const locations = ['b.data', './a.data', 'sub//c.data', 'b.data'];
    const bytes = model(inGraph(...locations.map(location => inField(INITIALIZER, tensor(location)))));
    expect(onnxNeighbours(await save(bytes))).toEqual(['a.data', 'b.data', 'sub/c.data']);
  });

  test('are found behind values that are not read', async () => {
    const values: Write = writer => void writer.uint32((9 << 3) | 2).bytes(Buffer.alloc(300_000, 0xff));
    const bytes = model(inGraph(inField(INITIALIZER, values), inField(INITIALIZER, tensor('x.data'))));
    expect(onnxNeighbours(await save(bytes))).toEqual(['x.data']);
  });

  test.each([
    '/etc/passwd',
    '../weights.data',
    'sub/../../weights.data',
    '..\\weights.data',
    'C:\\weights.data',
    '\\\\server\\weights.data',
    '*/_ORT_MEM_ADDR_/*',
    '',
    '.',
    'a\0b',
    'a\u001b[2Jb',
  ])('that would lie elsewhere are refused: %j', async location => {
    const path = await save(recogniser(location));
    const found = errorOf(() => onnxNeighbours(path));
    expect(found).toMatchObject({ code: 'hostile-model', exit: 3 });
    expect(found.message).toContain(path);
    expect(found.message).not.toMatch(/[\0\x1b]/);
  });

  test('that are longer than any name are refused', async () => {
    const path = await save(recogniser('x'.repeat(5000)));
    expect(errorOf(() => onnxNeighbours(path))).toMatchObject({ code: 'hostile-model' });
  });

  test('that are links out of the folder are refused, as onnxruntime does; links of a cache are not', async () => {
    const other = await temporaryFolder();
    await writeFile(join(other, 'weights'), 'w');
    await symlink(join(other, 'weights'), join(folder, 'model.data'));
    const path = await save(recogniser('model.data'));
    expect(errorOf(() => onnxNeighbours(path))).toMatchObject({ code: 'hostile-model' });
    // The model is a link, too, and leads to the same folder.
    await writeFile(join(other, 'blob'), recogniser('model.data'));
    await symlink(join(other, 'blob'), join(folder, 'linked.onnx'));
    expect(onnxNeighbours(join(folder, 'linked.onnx'))).toEqual(['model.data']);
  });

  test('that are shorter than the tensors in them are refused, and a pointer of Git LFS is called one', async () => {
    const path = await save(recogniser('model.data', { offset: '16', length: '384' }));
    await save(new Uint8Array(399), 'model.data');
    const short = errorOf(() => onnxNeighbours(path));
    expect(short).toMatchObject({ code: 'damaged-model-data' });
    expect(short.message).toMatch(
      /model\.data, which holds its weights, has 399 bytes, want at least 400: it was cut short/,
    );
    await save('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 400\n', 'model.data');
    expect(errorOf(() => onnxNeighbours(path)).message).toContain('git lfs pull');
    await save(new Uint8Array(400), 'model.data');
    expect(onnxNeighbours(path)).toEqual(['model.data']);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /the file is empty; download or copy it again/],
    [
      'a pointer of Git LFS',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 174383860\n',
      /Git LFS pointer to 174383860 bytes that are not here; run `git lfs pull`/,
    ],
    ['a web page', '\n<!DOCTYPE html><html>', /it is a web page or XML; download the file itself/],
    ['a message of a server', '{"error":"Not Found"}', /it is text, beginning with "\{.*Not Found.*download/],
    ['a PyTorch checkpoint', 'PK\x03\x04\0\0', /ZIP file, as PyTorch checkpoints are/],
    ['something compressed', Buffer.from('1f8b0800', 'hex'), /compressed by gzip; unpack it/],
    ['the ORT format', Buffer.from('\x1c\0\0\0ORTM\0'), /ORT format; give the ONNX file/],
    ['noise', Buffer.from('ff'.repeat(100), 'hex'), /damaged or no ONNX file/],
    ['a message without a graph', Buffer.from([8, 8, 18, 1, 65]), /it holds no graph/],
  ])('of what is no model: says what it is, %s', async (_, content, words) => {
    const path = await save(content);
    const found = errorOf(() => onnxNeighbours(path));
    expect(found).toMatchObject({ code: 'not-onnx', exit: 3 });
    expect(found.message).toContain(path);
    expect(found.message).toMatch(words);
  });

  test('of a file that is not there, a folder, a pipe: an error, and nobody waits', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await mkdir(join(folder, 'sub'));
    for (const name of ['missing', 'sub', 'pipe']) {
      expect(errorOf(() => onnxNeighbours(join(folder, name)))).toMatchObject({ code: 'missing-model' });
    }
  });

  test('of a model that was cut anywhere: it is said, never something else', async () => {
    const bytes = recogniser('model.data');
    for (let length = 1; length < bytes.length; length++) {
      const path = await save(bytes.subarray(0, length));
      expect(errorOf(() => onnxNeighbours(path))).toMatchObject({ code: 'not-onnx' });
    }
    const path = await save(recogniser().subarray(0, 300));
    expect(errorOf(() => onnxNeighbours(path)).message).toMatch(/cut short: it has 300 bytes and needs \d+/);
  });

  test('of damaged models: found or refused, whatever the damage', async () => {
    const random = seededRandom(1, 'damage');
    const whole = model(
      inGraph(inAttribute(6, inField(INITIALIZER, tensor('x.data')))),
      inField(FUNCTION, tensor('y')),
    );
    let refused = 0;
    for (let round = 0; round < 200; round++) {
      const bytes = Uint8Array.from(whole);
      for (let i = 0; i <= round % 4; i++) bytes[random.integer(bytes.length)] = random.integer(256);
      const path = await save(bytes);
      try {
        onnxNeighbours(path);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  test('of graphs in graphs without end: refused before the stack is full', async () => {
    // A graph, in it a node, in it an attribute, in it a graph, …: each a tag and a length around what is inside.
    const heads: Uint8Array[] = [];
    let length = 0;
    for (let depth = 0; depth < 99_999; depth++) {
      const tag = [(6 << 3) | 2, (5 << 3) | 2, (1 << 3) | 2][depth % 3]!;
      heads.push(Writer.create().uint32(tag).uint32(length).finish());
      length += heads.at(-1)!.length;
    }
    const bytes = Buffer.concat(heads.reverse());
    const path = await save(model(writer => void writer.uint32((GRAPH << 3) | 2).bytes(bytes)));
    expect(errorOf(() => onnxNeighbours(path))).toMatchObject({ code: 'not-onnx' });
  });
});

describe('digestOnnx()', () => {
  test('is that of the file where the model is one file', async () => {
    expect(await digestOnnx(await save(recogniser()))).toBe(sha256(recogniser()));
  });

  test('is of the file and of all that belongs to it, by name, wherever they lie', async () => {
    const bytes = recogniser('model.data');
    const weights = projectionFile(48, 2);
    const path = await save(bytes);
    await save(weights, 'model.data');
    const listed = JSON.stringify([
      ['', sha256(bytes)],
      ['model.data', sha256(weights)],
    ]);
    expect(await digestOnnx(path)).toBe(sha256(listed));
    await save(projectionFile(48, 2, 2), 'model.data');
    expect(await digestOnnx(path)).not.toBe(sha256(listed));
    folder = await temporaryFolder();
    await save(weights, 'model.data');
    expect(await digestOnnx(await save(bytes, 'other-name.onnx'))).toBe(sha256(listed));
  });

  test('rejects when a file that belongs to it is missing or a folder, and names it', async () => {
    const path = await save(recogniser('model.data'));
    const message = `Cannot use model ${path}: its weights are in ${join(folder, 'model.data')}, which is missing`;
    await expect(digestOnnx(path)).rejects.toMatchObject({ code: 'missing-model-data' });
    await expect(digestOnnx(path)).rejects.toThrow(message);
    await mkdir(join(folder, 'model.data'));
    await expect(digestOnnx(path)).rejects.toThrow('which is not a file');
  });
});

function errorOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    return error as UserError;
  }
  throw new Error('nothing was refused');
}
