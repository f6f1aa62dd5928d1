import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, assertUnchanged } from '../../src/workflow/inputs/fingerprint';
import type { Measured } from './command';

const FOLDERS = 2000;
const FILES_EACH = 100;
/** Bytes of a file, from and to. */
const [SMALLEST, LARGEST] = [3072, 5120];
const HOUR_MS = 3_600_000;

/**
 * Fingerprints of a folder of 200,000 small files in `folder`, which is made there unless it is there. Everything lies in the cache of the
 * system, so that the time is that of the program; on a cold disk the disk is slower than any of these.
 */
export async function fingerprints(folder: string, rounds: number, threads: number): Promise<Measured[]> {
  const images = join(folder, 'images');
  make(images);
  const cacheFolder = join(folder, 'fingerprints');
  // As if the files had been at rest for an hour.
  const clock = { now: () => Date.now() + HOUR_MS, randomName: () => randomBytes(4).toString('hex') };
  const look = () => fingerprint(images, { cacheFolder, concurrency: threads, clock });
  const times: Record<'first' | 'plain' | 'next' | 'added' | 'checked', number[]> = {
    first: [],
    plain: [],
    next: [],
    added: [],
    checked: [],
  };
  for (let round = 0; round < rounds; round++) {
    rmSync(cacheFolder, { recursive: true, force: true });
    const before = await timed(times.first, look);
    await timed(times.plain, () => plainLoop(images));
    const again = await timed(times.next, look);
    await timed(times.checked, () => assertUnchanged(again));
    const added = join(images, '0500', `added-${round}`);
    writeFileSync(added, 'one more');
    const after = await timed(times.added, look);
    rmSync(added);
    if (again.digest !== before.digest) throw new Error('The second fingerprint is another one');
    if (after.digest === before.digest || after.files !== before.files + 1)
      throw new Error('The added file was not noticed');
  }
  const peak = `peak of this process ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
  return [
    { what: 'first fingerprint of 200,000 files', seconds: times.first, note: `${threads} threads; ${peak}` },
    { what: '  plain loop that reads and hashes all', seconds: times.plain },
    { what: 'next fingerprint', budget: 3, seconds: times.next },
    { what: 'next fingerprint, one file added', budget: 3, seconds: times.added },
    { what: '  check after a stage that nothing changed', seconds: times.checked },
  ];
}

function make(images: string): void {
  const last = join(images, String(FOLDERS - 1).padStart(4, '0'));
  if (readable(last)?.length === FILES_EACH) return;
  for (let index = 0; index < FOLDERS; index++) {
    const folder = join(images, String(index).padStart(4, '0'));
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < FILES_EACH; file++) {
      const bytes = SMALLEST + (((index * FILES_EACH + file) * 7919) % (LARGEST - SMALLEST));
      writeFileSync(join(folder, `${String(file).padStart(3, '0')}.jpg`), randomBytes(bytes));
    }
  }
}

function readable(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

/** What cannot be done faster without threads. */
function plainLoop(images: string): Promise<void> {
  for (const folder of readdirSync(images)) {
    for (const file of readdirSync(join(images, folder))) {
      createHash('sha256')
        .update(readFileSync(join(images, folder, file)))
        .digest('hex');
    }
  }
  return Promise.resolve();
}

async function timed<T>(times: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  times.push((performance.now() - start) / 1e3);
  return result;
}
