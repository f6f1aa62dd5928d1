import { openStore } from '../../src/workflow/store/store';
import { acquireLease } from '../../src/workflow/store/leases/leases';
import { processEffects } from '../../src/effects';

/** A program that takes a lease, says so, and holds it until it is killed: `hold-lease.ts <artifacts> <key>`. */
async function main(artifacts: string, key: string): Promise<void> {
  const store = await openStore(artifacts, processEffects());
  const signal = new AbortController().signal;
  const onWait = (): void => undefined;
  await acquireLease(store, key, { run: 'holder', runFolder: '/runs/holder', step: 'held', signal, onWait });
  process.stdout.write('holds\n');
  setInterval(() => undefined, 1000);
}

void main(process.argv[2]!, process.argv[3]!);
