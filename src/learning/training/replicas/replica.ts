/** What a replica's thread runs: the same training as the one that started it, on its own part of every batch. */
import type { ErrorCode } from '../../../error-codes';
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../engines/start-engine';
import type { EngineName } from '../../engines';
import { messageOf, UserError } from '../../../errors';
import type { Backbone, Weights } from '../../networks';
import type { Batch } from '../batch';
import type { TrainedParameter } from '../learner';
import { train } from '../loop';
import { isNotFinite } from '../not-finite';
import type { TrainingPosition } from '../position';
import type { Recipe } from '../recipe';
import { joinExchange, ReplicaStopped, type SharedMemory } from './exchange';

export interface ReplicaData {
  /** From 1; the one that starts the others is 0. */
  readonly index: number;
  readonly engine: EngineName;
  readonly recipe: Recipe;
  readonly backbone: Backbone;
  readonly classes: number;
  /** All parameters at the start. */
  readonly parameters: Weights;
  readonly trained: readonly TrainedParameter[];
  /** What the optimiser remembers, by slot, and the position that it is of. */
  readonly slots: Readonly<Record<string, Weights>>;
  readonly start: TrainingPosition;
  readonly stepsAnEpoch: number;
  readonly memory: SharedMemory;
}

/** To a replica: the next part of a batch, or that the epoch is over. */
export type ToReplica = { readonly batch: Batch } | 'epoch-over';

export type FromReplica = 'ready' | ReplicaError;

export interface ReplicaError {
  readonly message: string;
  readonly stack?: string;
  /** Of a `UserError`. */
  readonly code?: ErrorCode;
  readonly exit?: number;
}

void main(workerData as ReplicaData);

async function main(data: ReplicaData): Promise<void> {
  const exchange = joinExchange(data.memory, data.index);
  try {
    const tf = await startEngine(data.engine);
    const tensorsOf = (weights: Weights): Map<string, Tensor> =>
      new Map([...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape], 'float32')]));
    const slots = Object.fromEntries(Object.entries(data.slots).map(([name, slot]) => [name, tensorsOf(slot)]));
    const learner = { ...data, parameters: tensorsOf(data.parameters), slots };
    const messages = on(parentPort!, 'message');
    send('ready');
    const input = {
      batches: () => receive(messages as AsyncIterator<[ToReplica]>),
      describe: () => Promise.resolve(''),
      start: data.start,
      stepsAnEpoch: data.stepsAnEpoch,
    };
    const reports = train(tf, learner, data.recipe, input, exchange);
    while (!(await reports.next()).done);
  } catch (error) {
    if (isFoundByAll(error)) return;
    // First the reason, then what makes the others ask for it.
    send(describe(error));
    exchange.stop();
  }
}

function send(message: FromReplica): void {
  parentPort!.postMessage(message);
}

/** The parts of batches of one epoch. */
async function* receive(messages: AsyncIterator<[ToReplica]>): AsyncGenerator<Batch> {
  for (;;) {
    const [message] = (await messages.next()).value as [ToReplica];
    if (message === 'epoch-over') return;
    yield message.batch;
  }
}

/** The other replicas stop by themselves, and the first one says why. */
function isFoundByAll(error: unknown): boolean {
  return error instanceof ReplicaStopped || isNotFinite(error);
}

function describe(error: unknown): ReplicaError {
  const message = messageOf(error);
  if (error instanceof UserError) return { message, code: error.code, exit: error.exit };
  return { message, ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }) };
}
