import { Worker } from 'node:worker_threads';
import { UserError } from '../../../errors';
import type { FromReplica, ReplicaError, ReplicaData, ToReplica } from './replica';

/** The replicas that run in threads. */
export interface OtherReplicas {
  /** @param index of the replica, from 1. @param transfer memory that is handed over */
  send(index: number, message: ToReplica, transfer?: readonly ArrayBuffer[]): void;
  /** Ends them, whatever they do. */
  close(): Promise<void>;
  /** Why one of them failed; complete after `close`. */
  failure(): Error | undefined;
}

export interface Starting {
  /** Options for Node in the threads: under a test, what loads TypeScript. */
  readonly execArgv?: readonly string[];
  /** Called when one fails. */
  readonly onFailure: () => void;
}

/** Starts a replica for each, and waits until their engines have started. Rejects, with none left, when one fails. */
export async function startOthers(
  data: readonly ReplicaData[],
  { execArgv, onFailure }: Starting,
): Promise<OtherReplicas> {
  let failure: Error | undefined;
  let closing = false;
  const fail = (error: Error): void => {
    failure ??= error;
    onFailure();
  };
  const start = (workerData: ReplicaData): { worker: Worker; ready: Promise<void> } => {
    // By `require` and not as the main module: so it may be TypeScript where something loads that.
    const watch = JSON.stringify(require.resolve('../../../kit/loaded-code'));
    const replica = JSON.stringify(require.resolve('./replica'));
    // What the process holds in memory holds for its threads.
    const worker = new Worker(`require(${watch}).watchLoading(); require(${replica})`, {
      eval: true,
      workerData,
      ...(execArgv && { execArgv: [...execArgv] }),
    });
    const ready = new Promise<void>(resolve => {
      worker.on('message', (message: FromReplica) => {
        if (message !== 'ready') fail(errorOf(message));
        resolve();
      });
      worker.on('error', error => fail(error));
      worker.on('exit', code => {
        if (!closing) fail(new Error(`Replica ${workerData.index} of the training ended with exit code ${code}`));
        resolve();
      });
    });
    return { worker, ready };
  };
  const replicas = data.map(start);
  const others: OtherReplicas = {
    send: (index, message, transfer = []) => replicas[index - 1]!.worker.postMessage(message, transfer),
    async close() {
      closing = true;
      await Promise.all(replicas.map(({ worker }) => worker.terminate()));
    },
    failure: () => failure,
  };
  await Promise.all(replicas.map(({ ready }) => ready));
  if (!failure) return others;
  await others.close();
  throw failure;
}

function errorOf({ message, stack, code, exit }: ReplicaError): Error {
  if (code !== undefined) return new UserError(message, { code, ...(exit !== undefined && { exit }) });
  return Object.assign(new Error(message), stack !== undefined && { stack });
}
