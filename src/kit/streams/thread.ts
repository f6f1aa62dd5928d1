import { Worker } from 'node:worker_threads';

/** Node's `require` in a thread. A package is found by its full path only. */
export type Load = (module: string) => unknown;

/** What a thread answers, and the memory that it hands over with that instead of copying it. */
export interface Reply<Answer> {
  readonly answer: Answer;
  readonly transfer?: readonly ArrayBuffer[];
}

/**
 * What a thread does: called once at its start, and what it returns once for each question. The text of this function is all that
 * the thread has, so it may use nothing but its arguments: no import, no constant or function beside it. In return it runs from
 * TypeScript as from the build, and starts without loading a file.
 */
export type ThreadBody<Data, Question, Answer> = (
  data: Data,
  load: Load,
) => (question: Question) => Promise<Reply<Answer>>;

/** Work outside this thread, because a native library may block for long. */
export interface Thread<Question, Answer> {
  /**
   * Questions are begun in their order, the next ones before the first is answered. Rejects with what the thread threw (its
   * message), when it ended, and at what cannot be sent. @param transfer memory that moves to the thread and is lost here
   */
  ask(question: Question, transfer?: readonly ArrayBuffer[]): Promise<Answer>;
  /** Ends the thread, whatever it is doing; its files are closed. What is unanswered is rejected. */
  close(): Promise<void>;
}

/** Starts a thread. It keeps the process alive only while something is unanswered, or while `close` is waited for. */
export function startThread<Data, Question, Answer>(
  body: ThreadBody<Data, Question, Answer>,
  data: Data,
): Thread<Question, Answer> {
  const worker = new Worker(`(${String(serve)})(require('node:worker_threads'), require, ${String(body)})`, {
    eval: true,
    workerData: data,
  });
  const waiting = new Map<number, Waiting<Answer>>();
  let asked = 0;
  let ended: Error | undefined;
  let closing = false;
  const settle = (id: number, then: (one: Waiting<Answer>) => void): void => {
    const one = waiting.get(id)!;
    waiting.delete(id);
    // Somebody waits for the end as well: an answer on its way must not let the process go before.
    if (waiting.size === 0 && !closing) worker.unref();
    then(one);
  };
  const end = (reason: Error): void => {
    ended ??= reason;
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(ended!));
  };
  worker.unref();
  worker.on('message', ({ id, answer, problem }: Message<Answer>) =>
    settle(id, ({ resolve, reject }) => (problem === undefined ? resolve(answer!) : reject(new Error(problem)))),
  );
  worker.on('error', (error: Error) => end(error));
  worker.on('exit', () => end(new Error('The thread has ended')));
  return {
    ask: (question, transfer = []) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(ended);
          return;
        }
        // First, because it throws at a value that cannot be sent, and waiting for that would never end.
        worker.postMessage({ id: asked, question }, transfer);
        waiting.set(asked++, { resolve, reject });
        worker.ref();
      }),
    async close() {
      closing = true;
      worker.ref();
      await worker.terminate();
    },
  };
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

interface Message<Answer> {
  readonly id: number;
  readonly answer?: Answer;
  readonly problem?: string;
}

/** The other end. Its text runs in the thread, like that of the body. */
function serve<Data, Question, Answer>(
  { parentPort, workerData }: typeof import('node:worker_threads'),
  load: Load,
  body: ThreadBody<Data, Question, Answer>,
): void {
  const respond = body(workerData as Data, load);
  parentPort!.on('message', ({ id, question }: { readonly id: number; readonly question: Question }) => {
    respond(question).then(
      ({ answer, transfer = [] }) => parentPort!.postMessage({ id, answer }, transfer),
      (error: unknown) =>
        parentPort!.postMessage({ id, problem: error instanceof Error ? error.message : String(error) }),
    );
  });
}
