import type { Tile } from './contact-sheet';

/**
 * The mean of the faces of each group, in a sum per pixel: blurred means betray bad landmarks, different ones a bias of the data.
 * For up to 16 million faces a group.
 */
export function meanFaces(size: number): {
  add(group: string, pixels: Uint8Array): void;
  tiles(): Tile[];
} {
  const groups = new Map<string, { readonly sums: Uint32Array; count: number }>();
  return {
    add(group, pixels) {
      const mean = groups.get(group) ?? { sums: new Uint32Array(size * size * 3), count: 0 };
      groups.set(group, mean);
      mean.count++;
      for (let i = 0; i < pixels.length; i++) mean.sums[i]! += pixels[i]!;
    },
    tiles: () =>
      [...groups].map(([group, { sums, count }]) => ({
        pixels: Uint8Array.from(sums, sum => Math.round(sum / count)),
        width: size,
        height: size,
        label: `${group}: ${count} faces`,
      })),
  };
}
