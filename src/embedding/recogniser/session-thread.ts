import type { InferenceSession } from 'onnxruntime-node';
import type { Load, Reply } from '../../kit/streams/thread';
import type { Port } from './recogniser-signature';

export interface SessionThreadData {
  /** Path of onnxruntime-node. */
  readonly runtime: string;
  /** Path of the model. */
  readonly model: string;
  readonly options: InferenceSession.SessionOptions;
}

/** What the model takes and gives; asked for first. */
export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface Run {
  readonly input: string;
  readonly output: string;
  readonly shape: readonly number[];
  /** In shared memory: to hand such large pieces over and back would have the garbage collector run all the time. */
  readonly values: Float32Array<SharedArrayBuffer>;
  /** Values of the output that are handed over at most; a larger one is reported by its shape. */
  readonly most: number;
}

export interface TooLarge {
  readonly dims: readonly number[];
}

/** Has an onnxruntime session in a thread (a `ThreadBody`), which it blocks while it computes. Runs follow one another. */
export function sessionThread(
  { runtime, model, options }: SessionThreadData,
  load: Load,
): (question: Run | 'ports') => Promise<Reply<Ports | Float32Array | TooLarge>> {
  const { InferenceSession, Tensor } = load(runtime) as typeof import('onnxruntime-node');
  const opening = InferenceSession.create(model, options);
  // onnxruntime takes no shared memory.
  let own = new Float32Array();
  // One after the other: `own` is read only some time after a run was asked for.
  let last = settled(opening);

  return question => {
    const reply = last.then(() => answer(question));
    last = settled(reply);
    return reply;
  };

  async function answer(question: Run | 'ports'): Promise<Reply<Ports | Float32Array | TooLarge>> {
    const session = await opening;
    if (question === 'ports') {
      return { answer: { inputs: portsOf(session.inputMetadata), outputs: portsOf(session.outputMetadata) } };
    }
    const { input, output, shape, values, most } = question;
    if (own.length !== values.length) own = new Float32Array(values.length);
    own.set(values);
    const results = await session.run({ [input]: new Tensor('float32', own, shape) }, [output]);
    const { dims, size, data } = results[output]!;
    return { answer: size > most ? { dims } : (data as Float32Array) };
  }

  /** An error is the answer to whoever asked; nothing else waits for it. */
  function settled(promise: Promise<unknown>): Promise<unknown> {
    return promise.catch(() => undefined);
  }

  function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): Port[] {
    return metadata.map(port =>
      port.isTensor
        ? { name: port.name, type: port.type, shape: port.shape }
        : { name: port.name, type: 'not a tensor', shape: [] },
    );
  }
}
