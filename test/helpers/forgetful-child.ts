/** A program of somebody who never closes a thread, and asks it for what cannot be sent. */
import { startThread } from '../../src/kit/streams/thread';

const body = () => (question: unknown) => Promise.resolve({ answer: question });

async function main(): Promise<void> {
  const thread = startThread(body, null);
  await thread.ask(1);
  process.stdout.write('answered\n');
  await thread.ask(() => undefined).catch(() => process.stdout.write('refused\n'));
}

void main();
