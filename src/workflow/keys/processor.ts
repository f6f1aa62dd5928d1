import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** What of the processor decides how a native library computes. */
export interface Processor {
  /** Instruction sets by which libraries choose their code, as the system calls them: `avx avx2 f16c fma sse4_1`. The model where it lists none. */
  readonly instructions: string;
  /** Sizes by which libraries cut products into blocks: `L1 32K, L2 512K, L3 32768K`; empty where the system does not report them. */
  readonly caches: string;
}

/** Those that numeric libraries ask for; a kernel lists many more, which come and go with its version. */
const CHOSEN_BY = /^(sse4_1|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*|sme\w*|bf16|i8mm|fphp|fcma)$/;

/** The flags of the first processor are among so many bytes; the file of a large machine has megabytes, each of which takes time. */
const ENOUGH = 1 << 14;

/** Of this machine. */
export function readProcessor(): Processor {
  const instructions = instructionsIn(startOf('/proc/cpuinfo'));
  return {
    instructions: instructions === '' ? (cpus()[0]?.model.trim() ?? process.arch) : instructions,
    caches: cachesIn('/sys/devices/system/cpu/cpu0/cache'),
  };
}

/** In the text of `/proc/cpuinfo`: sorted, with spaces between. */
export function instructionsIn(cpuinfo: string): string {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? [];
  return flags
    .filter(flag => CHOSEN_BY.test(flag))
    .sort()
    .join(' ');
}

/** In the folder where Linux describes them; those of instructions say nothing of data. */
export function cachesIn(folder: string): string {
  try {
    const indices = readdirSync(folder).filter(name => /^index\d+$/.test(name));
    const caches = indices.map(name => {
      const [level, type, size] = ['level', 'type', 'size'].map(file =>
        readFileSync(join(folder, name, file), 'utf8').trim(),
      );
      return type === 'Instruction' ? '' : `L${level!} ${size!}`;
    });
    return caches
      .filter(cache => cache !== '')
      .sort()
      .join(', ');
  } catch {
    return '';
  }
}

function startOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const octets = Buffer.alloc(ENOUGH);
      let length = 0;
      for (;;) {
        // The system returns it by pages; an empty line ends the entry of a processor.
        const more = readSync(file, octets, length, ENOUGH - length, null);
        length += more;
        if (more === 0 || length === ENOUGH || octets.includes('\n\n')) return octets.toString('latin1', 0, length);
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
