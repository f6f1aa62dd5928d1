import { createHash } from 'node:crypto';

/** By themselves, because looking up a global in the sandbox of a test costs ten times the arithmetic. */
const { cos, floor, imul, log, min, sqrt } = Math;
const TURN = 2 * Math.PI;

/** A source of randomness that its caller owns. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
}

/**
 * A seeded generator (xoshiro128**, Blackman and Vigna 2018), equal on every machine. The labels are hashed into the seed, so
 * that `seededRandom(7, 'identity', 'A', 3)` is independent of every other stream and of the order in which streams are made.
 */
export function seededRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  const next = xoshiro(...expand(JSON.stringify([seed, ...labels])));
  const uniform = (): number => (next() * 0x1_0000_0000 + next()) / 2 ** 64;
  return {
    // The 64 random bits are rounded to 53; the clamp keeps the result below 1.
    uniform: () => min(uniform(), 1 - 2 ** -53),
    normal: () => sqrt(-2 * log(1 - min(uniform(), 1 - 2 ** -53))) * cos(TURN * uniform()),
    integer: below => floor(min(uniform(), 1 - 2 ** -53) * below),
  };
}

/** A random order of 0..count-1 (Fisher-Yates). */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Four 32-bit words from a text; a cryptographic hash, so that near labels give unrelated streams. */
function expand(text: string): [number, number, number, number] {
  const digest = createHash('sha256').update(text).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12) | 1];
}

function xoshiro(a: number, b: number, c: number, d: number): () => number {
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  return () => {
    const result = imul(rotate(imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
}
