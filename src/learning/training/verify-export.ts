import { UserError } from '../../errors';
import type { FaceSet } from '../../data/face-set';
import type { Tf } from '../engines/engine';
import { ONNX_INPUT, ONNX_OUTPUT } from '../exporters/export-onnx';
import { readInputContract, type InputContract } from '../../models/input-contract';
import { forward, type Backbone, type Weights } from '../networks';

/** Two float32 computations of the same network in another order of additions stay well below this. */
const TOLERANCE = 1e-3;

const FACES = 8;

/**
 * Compares the ONNX file, run by onnxruntime, with the trained network on the first faces of a set. Returns the largest difference
 * in parts of the largest value. Errors with `export-differs` above 1e-3.
 */
export async function verifyExport(
  tf: Tf,
  { backbone, weights, onnx }: { readonly backbone: Backbone; readonly weights: Weights; readonly onnx: string },
  faces: FaceSet,
): Promise<number> {
  const count = Math.min(FACES, faces.count);
  const bytes = await readBytes(faces, count);
  const expected = await runNetwork(tf, backbone, weights, bytes, count);
  const found = await runOnnx(onnx, bytes, count, faces.size);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const difference = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - found[i]!)), 0) / largest;
  if (difference <= TOLERANCE) return difference;
  throw new UserError(
    `Export ${backbone.name} to ONNX: its embeddings differ from those of the trained network by ${difference} of the largest ` +
      `value, want at most ${TOLERANCE}; this is a defect of fairdistill, or training went astray (look at training.csv)`,
    { code: 'export-differs' },
  );
}

/** [count, size, size, 3], RGB, 0..255. */
async function readBytes(faces: FaceSet, count: number): Promise<Uint8Array> {
  const size = faces.size ** 2 * 3;
  const bytes = new Uint8Array(count * size);
  for (let row = 0; row < count; row++) await faces.readPixels(row, bytes.subarray(row * size, (row + 1) * size));
  return bytes;
}

async function runNetwork(
  tf: Tf,
  { layers, inputSize }: Backbone,
  weights: Weights,
  bytes: Uint8Array,
  count: number,
): Promise<Float32Array> {
  // As the thread that reads batches makes them in training.
  const pixels = Float32Array.from(bytes, value => (value - 127.5) / 127.5);
  const embeddings = tf.tidy(() => {
    const parameters = new Map([...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]));
    return forward(tf, layers, parameters, tf.tensor4d(pixels, [count, inputSize, inputSize, 3]));
  });
  const values = Float32Array.from(await embeddings.data());
  embeddings.dispose();
  return values;
}

/** Fed as the file itself says, which is so checked as well. */
async function runOnnx(path: string, bytes: Uint8Array, count: number, side: number): Promise<Float32Array> {
  const contract = (await readInputContract(path))!;
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const input = new Tensor('float32', toPlanes(bytes, count, side, contract), [count, 3, side, side]);
    const { [ONNX_OUTPUT]: output } = await session.run({ [ONNX_INPUT]: input });
    return output!.data as Float32Array;
  } finally {
    await session.release();
  }
}

/** NHWC to NCHW. */
function toPlanes(bytes: Uint8Array, count: number, side: number, contract: InputContract): Float32Array {
  const { mean, scale, channels } = contract;
  const places = side * side;
  return Float32Array.from({ length: count * 3 * places }, (_, to) => {
    const image = Math.floor(to / (3 * places));
    const plane = Math.floor(to / places) % 3;
    const channel = channels === 'RGB' ? plane : 2 - plane;
    return (bytes[(image * places + (to % places)) * 3 + channel]! - mean) / scale;
  });
}
