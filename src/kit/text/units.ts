const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

export const DURATION_RULE = 'a duration such as 5s, 30m, 1h30m or 2d';
export const SIZE_RULE = 'a size such as 500MB, 4GB or 4GiB';

/** For schemas. */
export const DURATION_PATTERN = '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$';
export const SIZE_PATTERN = '^\\d+(\\.\\d+)?(B|[kK]B|[MGT]B|[KMGT]iB)$';

/** `1h30m` in seconds (whole milliseconds, less than one is none), or undefined: each unit once at most, the larger first, and none is left out. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 64 || !new RegExp(DURATION_PATTERN).test(text)) return undefined;
  let [milliseconds, last] = [0, Infinity];
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-z]+)/g)) {
    const size = MILLISECONDS[unit!]!;
    if (size >= last) return undefined;
    milliseconds += Number(amount) * size;
    last = size;
  }
  return milliseconds < 1 ? 0 : Math.round(milliseconds) / 1000;
}

/** `4GB` in whole bytes (less than one is none), or undefined. `GB` is 10^9, `GiB` 2^30. */
export function parseSize(text: string): number | undefined {
  if (text.length > 64 || !new RegExp(SIZE_PATTERN).test(text)) return undefined;
  const [, amount, unit] = /^([\d.]+)([A-Za-z]+)$/.exec(text)!;
  const bytes = Number(amount) * BYTES[unit!]!;
  return bytes < 1 ? 0 : Math.round(bytes);
}

/** Seconds as a duration that reads back as the same. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  // The table begins with the smallest.
  const parts = Object.entries(MILLISECONDS)
    .reverse()
    .map(([unit, size]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count === 0 ? '' : `${count}${unit}`;
    });
  return parts.join('') || '0s';
}
