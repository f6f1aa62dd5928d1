import { cpSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli } from '../helpers/run-cli';
import { encodeOnnx, tinyRecogniser } from '../helpers/tiny-onnx';

const DRAW = `
name: drawn
stages:
  draw: { uses: synthesize-faces, with: { trainIdentities: 2, trainImages: 3, testIdentities: 0 } }
`;
const own = ({ align = '{}', limits = '{}' } = {}): string => `
name: own
limits: ${limits}
stages:
  read: { uses: read-faces, with: { folder: photos } }
  align: { uses: align-faces, in: { photos: read }, with: ${align} }
  embed: { uses: embed-faces, in: { faces: align }, with: { model: teacher.onnx } }
`;

/** Some hundred bytes that librsvg draws for minutes, if anybody asks it to. */
const SLOW_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"><filter id="f"><feTurbulence baseFrequency="0.9" numOctaves="999"/>' +
  '<feGaussianBlur stdDeviation="999"/></filter><rect width="9000" height="9000" filter="url(#f)"/></svg>';

const VALUES = 3 * 112 * 112;
/** More than 10^9 values for each face. */
const TIMES = 26_600;

/** Repeats the values of a face. With a named width it reckons how often from the pixels, so that nobody can know before. */
function wideModel(width: number | string): Uint8Array {
  return encodeOnnx({
    inputs: [{ name: 'data', shape: ['N', 3, 112, 112] }],
    nodes: [
      { op: 'Flatten', in: ['data'], out: 'flat' },
      { op: 'Mul', in: ['data', 'zero'], out: 'zeros' },
      { op: 'ReduceMax', in: ['zeros'], out: 'none', ints: { keepdims: 0 } },
      { op: 'Add', in: ['none', 'wanted'], out: 'sum' },
      { op: 'Cast', in: ['sum'], out: 'times', ints: { to: 7 } },
      { op: 'Tile', in: ['flat', 'times'], out: 'fc1' },
    ],
    initializers: {
      zero: { shape: [1], values: Float32Array.of(0) },
      wanted: { shape: [2], values: Float32Array.of(1, TIMES) },
    },
    outputs: [{ name: 'fc1', shape: ['N', width] }],
  });
}

describe('pipeline run ends before it does harm', () => {
  let drawn: string;
  let folder: string;
  beforeAll(async () => {
    drawn = mkdtempSync(join(tmpdir(), 'fairdistill-drawn-'));
    writeFileSync(join(drawn, 'drawn.yaml'), DRAW);
    const { code, stderr } = await runCli(['run', 'drawn.yaml'], drawn);
    if (code !== 0) throw new Error(stderr);
  }, 120_000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairdistill-limits-'));
    const photos = join(drawn, 'artifacts', 'drawn', 'draw', 'photos');
    cpSync(photos, at('photos'), { recursive: true, dereference: true });
    writeFileSync(at('teacher.onnx'), tinyRecogniser({ size: 112, dim: 8 }));
    writeFileSync(at('own.yaml'), own());
  });

  const at = (...path: string[]): string => join(folder, ...path);
  const run = (...more: string[]) => runCli(['run', 'own.yaml', ...more], folder);

  describe('at a small SVG that is named .jpg', () => {
    beforeEach(() => {
      const [name] = readdirSync(at('photos'), { recursive: true, encoding: 'utf8' })
        .filter(path => path.endsWith('.jpg'))
        .sort();
      writeFileSync(at('photos', name!), SLOW_SVG);
    });

    test('says what it is', async () => {
      const { code, stderr } = await run('align');
      expect(code).toBe(1);
      expect(stderr).toContain('it is an SVG drawing');
    }, 60_000);

    test('lists it, where some photographs may be left out', async () => {
      writeFileSync(at('own.yaml'), own({ align: '{ allowSkipped: 0.2 }' }));
      const { code } = await run('align');
      expect(code).toBe(0);
      const rows = readFileSync(at('artifacts', 'own', 'align', 'skipped.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1);
      expect(rows).toEqual([expect.stringContaining('unsupported-format')]);
    }, 60_000);
  });

  test('at a model that says that it answers with 10^9 values for a face', async () => {
    writeFileSync(at('teacher.onnx'), wideModel(TIMES * VALUES));
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('at most 65536');
  }, 60_000);

  test('at a machine that is too small for a stage, unless the stage may use more', async () => {
    writeFileSync(at('small.js'), 'process.constrainedMemory = () => 110e6;');
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = `${before ?? ''} --require ${at('small.js')}`;
    try {
      const { code, stderr } = await run('align');
      expect(code).toBe(1);
      // 90 % of it.
      expect(stderr).toMatch(/what ran beside it [\d.]+ MB, and 99\.0 MB is what a run may use/);
      writeFileSync(at('own.yaml'), own({ limits: '{ memory: 1GB }' }));
      expect((await run('align')).code).toBe(0);
    } finally {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    }
  }, 60_000);

  test('at a model that does so without a word, by the limit of memory, and continues with what was done', async () => {
    writeFileSync(at('own.yaml'), own({ limits: '{ memory: 1GB }' }));
    writeFileSync(at('teacher.onnx'), wideModel('D'));
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toMatch(/Stage "embed-faces" used [\d.]+ GB of memory, and its limit is 1\.0 GB/);
    // Neither another limit nor another model is a reason to align again.
    writeFileSync(at('own.yaml'), own({ limits: '{ memory: 5GB }' }));
    writeFileSync(at('teacher.onnx'), tinyRecogniser({ size: 112, dim: 8 }));
    const again = await run();
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/align .*reused/);
  }, 120_000);
});
