import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** What of a machine decides how fast it trains. */
export interface Machine {
  readonly platform: string;
  readonly node: string;
  readonly cpu: string;
  /** That this process may use. */
  readonly cores: number;
  /** Bytes that this process may use. */
  readonly memory: number;
  /** Vector extensions of the processor; undefined where the system does not report them. */
  readonly vectors?: readonly string[];
}

export function describeMachine(): Machine {
  const vectors = readVectors();
  return {
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: usableMemory(),
    ...(vectors && { vectors }),
  };
}

/** Bytes that this process may use. */
export function usableMemory(): number {
  // 0 or an absurdly large number where there is no limit.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** By what Linux calls them, on x86-64 and Arm. */
const VECTORS: Readonly<Record<string, string>> = {
  avx2: 'AVX2',
  avx512f: 'AVX-512',
  avx512_vnni: 'AVX-512 VNNI',
  avx512_bf16: 'AVX-512 BF16',
  amx_bf16: 'AMX BF16',
  asimd: 'NEON',
  sve: 'SVE',
  bf16: 'BF16',
};

/** Names of the vector extensions in the text of `/proc/cpuinfo`, of the first processor that it lists. */
export function vectorsIn(cpuinfo: string): string[] {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? [];
  return Object.entries(VECTORS).flatMap(([flag, name]) => (flags.includes(flag) ? [name] : []));
}

function readVectors(): string[] | undefined {
  try {
    return vectorsIn(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return undefined;
  }
}
