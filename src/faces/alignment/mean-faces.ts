import type { Tile } from '../../data/tiles';

/** Faces after which 16 bits are full: 257 x 255 = 65535. */
const MOST_IN_16_BITS = 257;

export interface MeanFaces {
  add(group: string, pixels: Uint8Array): void;
  /** By group, RGB. */
  means(): Map<string, Uint8Array>;
  tiles(): Tile[];
}

/**
 * The mean of the faces of each group, in a sum per pixel: blurred means betray bad landmarks, different ones a bias of the data.
 * For up to 16 million faces a group.
 */
export function meanFaces(size: number): MeanFaces {
  const groups = new Map<string, ReturnType<typeof pixelSums>>();
  const means = (): Map<string, Uint8Array> =>
    new Map(
      [...groups].map(([group, sums]) => [group, Uint8Array.from(sums.total(), sum => Math.round(sum / sums.count))]),
    );
  return {
    add(group, pixels) {
      const sums = groups.get(group) ?? pixelSums(size * size * 3);
      groups.set(group, sums);
      sums.add(pixels);
    },
    means,
    tiles: () =>
      [...means()].map(([group, pixels]) => ({
        pixels,
        width: size,
        height: size,
        label: `${group}: ${groups.get(group)!.count} faces`,
      })),
  };
}

/**
 * Sums pixels four at a time, two in the halves of a number of 32 bits, and carries them over before a half is full: most faces of a
 * set that grows are only copied and summed.
 * @param bytes a multiple of 4
 */
function pixelSums(bytes: number) {
  const sums = new Uint32Array(bytes);
  const [even, odd] = [new Int32Array(bytes / 4), new Int32Array(bytes / 4)];
  let gathered = 0;
  let count = 0;
  const carry = (): void => {
    const [evens, odds] = [new Uint16Array(even.buffer), new Uint16Array(odd.buffer)];
    for (let i = 0; i < evens.length; i++) {
      sums[2 * i]! += evens[i]!;
      sums[2 * i + 1]! += odds[i]!;
    }
    even.fill(0);
    odd.fill(0);
    gathered = 0;
  };
  return {
    get count() {
      return count;
    },
    add(pixels: Uint8Array): void {
      const { buffer, byteOffset } = byteOffsetIsWhole(pixels) ? pixels : pixels.slice();
      const words = new Int32Array(buffer, byteOffset, bytes / 4);
      for (let i = 0; i < words.length; i++) {
        const word = words[i]!;
        even[i] = (even[i]! + (word & 0xff00ff)) | 0;
        odd[i] = (odd[i]! + ((word >>> 8) & 0xff00ff)) | 0;
      }
      count++;
      if (++gathered === MOST_IN_16_BITS) carry();
    },
    total(): Uint32Array {
      carry();
      return sums;
    },
  };
}

function byteOffsetIsWhole({ byteOffset }: Uint8Array): boolean {
  return byteOffset % Int32Array.BYTES_PER_ELEMENT === 0;
}
