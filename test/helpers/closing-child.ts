/**
 * A program of somebody who closes a thread while an answer is on its way and the thread is still inside a native call, which is
 * when a process that counts on the thread alone would end without a word. Nothing here is left to chance: the answer lies in this
 * thread's queue when `close` is called, and the thread is then busy for longer than reading the queue takes.
 */
import { execFileSync } from 'node:child_process';
import { startThread, type Load } from '../../src/kit/streams/thread';

const NATIVE_MS = 400;

const body = (flag: Int32Array<SharedArrayBuffer>, load: Load) => {
  const { execFileSync: block } = load('node:child_process') as { execFileSync: typeof execFileSync };
  return (isLast: boolean) => {
    if (isLast) {
      setImmediate(() => {
        Atomics.store(flag, 0, 1);
        Atomics.notify(flag, 0);
        block(process.execPath, ['-e', `setTimeout(() => undefined, ${flag[1]!})`]);
      });
    }
    return Promise.resolve({ answer: isLast });
  };
};

async function main(): Promise<void> {
  const flag = new Int32Array(new SharedArrayBuffer(8));
  flag[1] = NATIVE_MS;
  const thread = startThread(body, flag);
  await thread.ask(false);
  const last = thread.ask(true).catch(() => undefined);
  Atomics.wait(flag, 0, 0);
  await thread.close();
  await last;
  process.stdout.write('closed\n');
}

void main();
