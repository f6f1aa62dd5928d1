import type { Readable } from 'node:stream';

/** Calls `take` with the memory in bytes that a process reports, as `dieWithParent` writes it. */
export function readMemory(pipe: Readable, take: (bytes: number) => void): void {
  let rest = Buffer.alloc(0);
  pipe.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    const whole = rest.length - (rest.length % 8);
    for (let at = 0; at < whole; at += 8) take(rest.readDoubleLE(at));
    rest = rest.subarray(whole);
  });
}
