import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { InferenceSession } from 'onnxruntime-node';
import { seededRandom } from '../../src/kit/math/random';
import { exportOnnx } from '../../src/learning/exporters/export-onnx';
import { contractMetadata, readInputContract } from '../../src/models/input-contract';
import { decodeOnnx } from '../../src/models/onnx-proto';
import { initialise, type Backbone } from '../../src/learning/networks';
import { temporaryFolder } from '../helpers/temporary-folder';

const BACKBONE: Backbone = {
  name: 'toy',
  inputSize: 16,
  embeddingSize: 5,
  layers: [
    { op: 'flatten', name: 'flat' },
    { op: 'dense', name: 'fc', units: 5, bias: true },
  ],
};
const WEIGHTS = initialise(BACKBONE, seededRandom(1));
const CONTRACT = {
  architecture: 'toy',
  channels: 'RGB',
  layout: 'NCHW',
  mean: 127.5,
  scale: 127.5,
  inputSize: 16,
  embeddingSize: 5,
} as const;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, bytes);
  return path;
}

/** Our export with other entries. */
const exported = (metadata: Readonly<Record<string, string>>): Uint8Array => exportOnnx(BACKBONE, WEIGHTS, metadata);

describe('exportOnnx()', () => {
  test('writes how the model is to be fed, and that its values are raw, beside the producer', () => {
    const { metadata, producer } = decodeOnnx(exported({}));
    expect(producer).toBe('fairdistill');
    expect(metadata).toEqual({
      'fairdistill.architecture': 'toy',
      'fairdistill.channels': 'RGB',
      'fairdistill.layout': 'NCHW',
      'fairdistill.mean': '127.5',
      'fairdistill.scale': '127.5',
      'fairdistill.inputSize': '16',
      'fairdistill.embeddingSize': '5',
      'fairdistill.embeddings': 'values are raw, not L2-normalised',
    });
  });

  test('writes a file that onnxruntime opens', async () => {
    const session = await InferenceSession.create(exported({}));
    expect(session.inputNames).toEqual(['input']);
    await session.release();
  });
});

describe('readInputContract()', () => {
  test('gives back what was written, wherever the entries stand in the file', async () => {
    expect(await readInputContract(await fileOf(exported({})))).toEqual(CONTRACT);
    const other = { ...CONTRACT, channels: 'BGR', mean: 0, scale: 255, inputSize: 160 } as const;
    expect(await readInputContract(await fileOf(exported(contractMetadata(other))))).toEqual(other);
    // Fields of a message may come in any order: the entries, then the rest.
    const bytes = Buffer.from(exported({}));
    const start = bytes.indexOf(Buffer.from([0x72]), bytes.indexOf('fairdistill.architecture') - 5);
    const turned = Buffer.concat([bytes.subarray(start), bytes.subarray(0, start)]);
    expect(await readInputContract(await fileOf(turned))).toEqual(CONTRACT);
  });

  test.each<[string, Uint8Array]>([
    ['a model of somebody else', withoutOurs()],
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n')],
    ['zeroes', new Uint8Array(1000)],
    ['a length beyond the end', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a number without end', Buffer.alloc(100, 0xff)],
  ])('finds none in %s', async (_, bytes) => {
    expect(await readInputContract(await fileOf(bytes))).toBeUndefined();
  });

  test.each([
    [{ 'fairdistill.mean': 'black' }, '"fairdistill.mean" is "black", want a number'],
    [{ 'fairdistill.mean': '' }, '"fairdistill.mean" is "", want a number'],
    [{ 'fairdistill.scale': '0' }, 'want a number above 0'],
    [{ 'fairdistill.channels': 'RGBA' }, 'want RGB or BGR'],
    [{ 'fairdistill.layout': 'CHW' }, 'want NCHW or NHWC'],
    [{ 'fairdistill.inputSize': '11.5' }, 'want a number of pixels'],
  ])('refuses %j, naming the file', async (metadata, words) => {
    const path = await fileOf(exported(metadata));
    const error: unknown = await readInputContract(path).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'bad-contract' });
    expect(String(error)).toContain(words);
    expect(String(error)).toContain(path);
  });

  test('refuses a part of a contract', async () => {
    const bytes = Buffer.from(exported({}));
    bytes.write('fairdistill.skale', bytes.indexOf('fairdistill.scale'));
    await expect(readInputContract(await fileOf(bytes))).rejects.toThrow('"fairdistill.scale" is missing');
  });
});

/** Ours with every name of an entry changed, as those of another program. */
function withoutOurs(): Uint8Array {
  const bytes = Buffer.from(exported({}));
  for (let at = bytes.indexOf('fairdistill.'); at >= 0; at = bytes.indexOf('fairdistill.')) bytes.write('other', at);
  return bytes;
}
