import { stat } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import { UserError, messageOf } from '../../errors';
import { digestOnnx } from '../../models/onnx-files';
import { randomNode } from '../../models/random-nodes';
import { startThread, type Thread } from '../../kit/streams/thread';
import { plural } from '../../kit/text/human';
import { quote } from '../../kit/text/quote';
import { choosePreprocessing, type ChosenPreprocessing, type StatedPreprocessing } from './choose-preprocessing';
import type { Preprocessing } from '../../data/embedding-set';
import { faceFiller, type FaceView } from './face-tensor';
import { refuseOtherGraph, type StatedGraph } from './stated-graph';
import { cannotOpen, cannotRun, notDeterministic } from './recogniser-faults';
import { MOST_WIDTH, signatureOf, type Signature } from './recogniser-signature';
import { sessionThread, type Ports, type Run, type SessionThreadData, type TooLarge } from './session-thread';

/** A model that turns aligned faces into embeddings. */
export interface Recogniser {
  readonly file: string;
  /** Digest of the file and of those beside it that hold its weights, hex: see `digestOnnx`. */
  readonly sha256: string;
  /** Width of an embedding. */
  readonly dim: number;
  /** Views in one run; a short batch is filled up with zeros. */
  readonly batch: number;
  readonly preprocessing: Preprocessing;
  /** Sources of these statements. */
  readonly sources: ChosenPreprocessing['sources'];
  /** What looks wrong about the preprocessing, for a person. */
  readonly doubts: readonly string[];
  /**
   * Raw embeddings (not normalised), view i at `into[i * dim]`. Any number of views, whose pixels may be reused once this resolves.
   * The model computes in a thread of its own: a caller that asks again before the first answer keeps it busy.
   */
  embed(views: readonly FaceView[], into: Float32Array): Promise<void>;
  /** As `embed`, in the same session, of pixels that become the input in another way; to see whether that is better. */
  embedAs(other: Preprocessing, views: readonly FaceView[], into: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** What is stated of the preprocessing is read off the model or taken as usual where it is missing: see `choosePreprocessing`. */
export interface RecogniserOptions extends StatedPreprocessing {
  /** Edge of the faces that will be embedded, pixels. */
  readonly faceSize: number;
  /** Views in one run, unless the model fixes that number. */
  readonly batch: number;
  /** Threads. */
  readonly cores: number;
  /** What somebody says of the graph itself. */
  readonly graph?: StatedGraph | undefined;
}

/**
 * Opens an ArcFace-style ONNX file. Errors with a `UserError` that names it: as `digestOnnx`, `missing-model`, `newer-onnx`,
 * `unknown-operator`, `recogniser-memory`, `not-a-recogniser`, `wrong-face-size`,
 * `unclear-normalisation`, `not-deterministic` when the graph draws random numbers, `bad-contract` when it is not what is stated of it.
 */
export async function openRecogniser(file: string, options: RecogniserOptions): Promise<Recogniser> {
  const { faceSize, cores } = options;
  await assertFile(file);
  // Before onnxruntime reads it, which says less about what is wrong with a file.
  const sha256 = await digestOnnx(file);
  const session = startSession(file, cores);
  try {
    const { inputs, outputs } = await portsOf(file, session);
    const signature = signatureOf(file, inputs, outputs, faceSize);
    refuseRandom(file, signature.output);
    const { preprocessing, ...chosen } = await choosePreprocessing(file, signature, faceSize, options);
    const batch = signature.fixedBatch ?? options.batch;
    const runAs = (how: Preprocessing): RunViews => runner(file, session, signature, how, batch);
    const run = runAs(preprocessing);
    const dim = signature.dim ?? (await widthOf(file, session, signature, preprocessing));
    if (options.graph) refuseOtherGraph(file, options.graph, { ...signature, dim, faceSize });
    return {
      ...chosen,
      file,
      sha256,
      dim,
      batch,
      preprocessing,
      embed: embedder(file, run, batch, dim),
      embedAs: (other, views, into) => embedder(file, runAs(other), batch, dim)(views, into),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function assertFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => messageOf(error));
  if (typeof found !== 'string' && found.isFile()) return;
  const reason = typeof found === 'string' ? found : 'it is not a file';
  throw new UserError(`Cannot open recogniser ${file}: ${reason}; give the path of an ONNX file`, {
    code: 'missing-model',
  });
}

/** However small its part is: two runs would not have the same scores, and nothing would say so. */
function refuseRandom(file: string, output: string): void {
  const node = randomNode(file, output);
  if (node === undefined) return;
  throw notDeterministic(
    file,
    `the node ${node.name === '' ? '' : `${quote(node.name)} `}of its graph draws random numbers (${node.op}), on which its output ${quote(output)} depends`,
    'as with noise that is meant for training',
  );
}

type Answer = Ports | Float32Array | TooLarge;
type Session = Thread<Run | 'ports', Answer>;

function startSession(model: string, cores: number): Session {
  const runtime = require.resolve('onnxruntime-node');
  return startThread<SessionThreadData, Run | 'ports', Answer>(sessionThread, {
    runtime,
    model,
    options: sessionOptions(cores),
  });
}

/** How a recogniser computes on so many cores. */
export function sessionOptions(cores: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: cores,
    interOpNumThreads: 1,
    // Warnings about how a model was exported are not for the people who use it.
    logSeverityLevel: 3,
    // A thread that waits for the next operation would take the core on which the next faces are read and the last ones written.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

async function portsOf(file: string, session: Session): Promise<Ports> {
  try {
    return (await session.ask('ports')) as Ports;
  } catch (error) {
    throw cannotOpen(file, error);
  }
}

/** The width of an embedding, by a run on one face where that goes: what a model gives may be of any size. */
async function widthOf(
  file: string,
  session: Session,
  signature: Signature,
  preprocessing: Preprocessing,
): Promise<number> {
  const faces = signature.fixedBatch ?? 1;
  return (await runner(file, session, signature, preprocessing, faces)([])).length / faces;
}

/** Runs at most `batch` views; gives the whole output. */
type RunViews = (views: readonly FaceView[]) => Promise<Float32Array>;

/** The shape is always the same, which keeps buffers and results so too. */
function runner(
  file: string,
  session: Session,
  { input, layout, output }: Signature,
  preprocessing: Preprocessing,
  batch: number,
): RunViews {
  const { size } = preprocessing;
  const fill = faceFiller(preprocessing);
  const shape = layout === 'NCHW' ? [batch, 3, size, size] : [batch, size, size, 3];
  // One for each run that is under way.
  const spare: Float32Array<SharedArrayBuffer>[] = [];
  const bytes = batch * 3 * size * size * Float32Array.BYTES_PER_ELEMENT;
  return async views => {
    const values = spare.pop() ?? new Float32Array(new SharedArrayBuffer(bytes));
    views.forEach((view, slot) => fill(values, slot, view));
    values.fill(0, views.length * 3 * size * size);
    let answer: Answer;
    try {
      answer = await session.ask({ input, output, shape, values, most: batch * MOST_WIDTH });
    } catch (error) {
      const face = new Float32Array(new SharedArrayBuffer(bytes / batch));
      const one = { input, output, shape: [1, ...shape.slice(1)], values: face, most: MOST_WIDTH };
      const alone = batch > 1 && (await session.ask(one).then(Boolean, () => false));
      throw cannotRun(file, batch, alone, error);
    } finally {
      spare.push(values);
    }
    if ('dims' in answer) throw tooWide(file, answer, batch);
    return answer as Float32Array;
  };
}

function tooWide(file: string, { dims }: TooLarge, batch: number): UserError {
  return new UserError(
    `Cannot use ${file} as a face recogniser: it gives [${dims.join(', ')}] values for ${plural(batch, 'face')}; want [N, width] with a width of at most ` +
      `${MOST_WIDTH}: give a model that makes one vector of a face`,
    { code: 'not-a-recogniser' },
  );
}

function embedder(file: string, run: RunViews, batch: number, dim: number): Recogniser['embed'] {
  return async (views, into) => {
    for (let start = 0; start < views.length; start += batch) {
      const part = views.slice(start, start + batch);
      const embeddings = await run(part);
      if (embeddings.length !== batch * dim) throw wrongOutput(file, embeddings.length / dim, batch);
      into.set(embeddings.subarray(0, part.length * dim), start * dim);
    }
  };
}

function wrongOutput(file: string, found: number, batch: number): UserError {
  return new UserError(
    `Cannot embed faces with ${file}: it gives ${found === 1 ? '1 embedding' : `${found} embeddings`} for ${plural(batch, 'face')}; the model may have been exported for one ` +
      'face only: set `batch: 1`',
    { code: 'recogniser-failed' },
  );
}
