import { stat } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError, messageOf } from '../errors';
import { sha256File } from '../util/sha256';
import { faceFiller, type FaceView, type Preprocessing } from './face-tensor';
import { normalisesInside } from './normalises-inside';
import { signatureOf, type Port, type Signature } from './recogniser-signature';

/** A model that turns aligned faces into embeddings. */
export interface Recogniser {
  readonly file: string;
  /** Digest of the file, hex. */
  readonly sha256: string;
  /** Width of an embedding. */
  readonly dim: number;
  /** Views in one run; a short batch is filled up with zeros. */
  readonly batch: number;
  readonly preprocessing: Preprocessing;
  /** Raw embeddings (not normalised), view i at `into[i * dim]`. Any number of views. Blocks the event loop while it computes. */
  embed(views: readonly FaceView[], into: Float32Array): Promise<void>;
  close(): Promise<void>;
}

export interface RecogniserOptions {
  /** Edge of the faces that will be embedded, pixels. */
  readonly faceSize: number;
  /** Views in one run, unless the model fixes that number. */
  readonly batch: number;
  /** Threads. */
  readonly cores: number;
  readonly channels?: 'RGB' | 'BGR' | undefined;
  /** Overrides for (pixel - mean) / scale; read off the model unless told. */
  readonly mean?: number | undefined;
  readonly scale?: number | undefined;
}

/**
 * Opens an ArcFace-style ONNX file. Errors with a `UserError` that names it: `missing-model`, `not-onnx`, `not-a-recogniser`,
 * `wrong-face-size`.
 */
export async function openRecogniser(file: string, options: RecogniserOptions): Promise<Recogniser> {
  const { faceSize, cores } = options;
  const bytes = await sizeOf(file);
  const session = await startSession(file, cores);
  const signature = signatureOf(file, portsOf(session.inputMetadata), portsOf(session.outputMetadata), faceSize);
  const preprocessing = await preprocessingOf(file, signature, options);
  const batch = signature.fixedBatch ?? options.batch;
  const run = runner(file, session, signature, preprocessing, batch);
  const dim = signature.dim ?? (await run([])).length / batch;
  return {
    file,
    sha256: await sha256File(file, bytes),
    dim,
    batch,
    preprocessing,
    async embed(views, into) {
      for (let start = 0; start < views.length; start += batch) {
        const part = views.slice(start, start + batch);
        const embeddings = await run(part);
        if (embeddings.length !== batch * dim) throw wrongOutput(file, embeddings.length / dim, batch);
        into.set(embeddings.subarray(0, part.length * dim), start * dim);
      }
    },
    close: () => session.release(),
  };
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: unknown) => messageOf(error));
  if (typeof found !== 'string' && found.isFile()) return found.size;
  const reason = typeof found === 'string' ? found : 'it is not a file';
  throw new UserError(`Cannot open recogniser ${file}: ${reason}; give the path of an ONNX file`, {
    code: 'missing-model',
  });
}

async function startSession(file: string, cores: number): Promise<InferenceSession> {
  try {
    // Severity 3: warnings about how a model was exported are not for the people who use it.
    return await InferenceSession.create(file, { intraOpNumThreads: cores, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (error) {
    const reason = messageOf(error).trim();
    throw new UserError(
      `Cannot open recogniser ${file}: onnxruntime does not take it as an ONNX model (${reason}); export the model to ONNX again`,
      { code: 'not-onnx', cause: error },
    );
  }
}

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): Port[] {
  return metadata.map(port =>
    port.isTensor
      ? { name: port.name, type: port.type, shape: port.shape }
      : { name: port.name, type: 'not a tensor', shape: [] },
  );
}

async function preprocessingOf(file: string, signature: Signature, options: RecogniserOptions): Promise<Preprocessing> {
  const { faceSize: size, channels = 'RGB', mean, scale } = options;
  const inside = (mean === undefined || scale === undefined) && (await normalisesInside(file));
  const usual = inside ? { mean: 0, scale: 1 } : { mean: 127.5, scale: 127.5 };
  return { size, layout: signature.layout, channels, mean: mean ?? usual.mean, scale: scale ?? usual.scale };
}

/** Runs at most `batch` views; gives the whole output. The shape is always the same, which keeps buffers and results so too. */
function runner(
  file: string,
  session: InferenceSession,
  { input, layout, output }: Signature,
  preprocessing: Preprocessing,
  batch: number,
): (views: readonly FaceView[]) => Promise<Float32Array> {
  const { size } = preprocessing;
  const fill = faceFiller(preprocessing);
  const values = new Float32Array(batch * 3 * size * size);
  const shape = layout === 'NCHW' ? [batch, 3, size, size] : [batch, size, size, 3];
  return async views => {
    views.forEach((view, slot) => fill(values, slot, view));
    values.fill(0, views.length * 3 * size * size);
    try {
      const results = await session.run({ [input]: new Tensor('float32', values, shape) }, [output]);
      return results[output]!.data as Float32Array;
    } catch (error) {
      throw new UserError(
        `Cannot embed ${batch} faces with ${file}: ${messageOf(error).trim()}; try another batch size`,
        {
          code: 'recogniser-failed',
          cause: error,
        },
      );
    }
  };
}

function wrongOutput(file: string, found: number, batch: number): UserError {
  return new UserError(
    `Cannot embed faces with ${file}: it gives ${found} embeddings for ${batch} faces; the model may have been exported for one ` +
      'face only: set `batch: 1`',
    { code: 'recogniser-failed' },
  );
}
