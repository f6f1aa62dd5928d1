/** Names in a folder, sorted, in a few bytes each: a folder may hold millions. */
export interface NameList {
  readonly length: number;
  name(index: number): string;
  kind(index: number): number;
}

export interface NameListBuilder {
  /**
   * @param isFolder such a name is sorted as if it ended in `/`, so that its contents come in the order of the whole paths
   * @param kind 0 to 255, for the caller
   */
  add(name: string, isFolder: boolean, kind: number): void;
  /** Sorted by code units of UTF-16, as `<` compares strings. Nothing may be added after. */
  sorted(): NameList;
}

const SLASH = '/'.charCodeAt(0);
/** Bytes that a code unit takes at most. */
const WIDEST = 3;

/** Gathers names as UTF-8, one behind the other. */
export function nameList(): NameListBuilder {
  let bytes = Buffer.allocUnsafe(2048);
  let ends = new Uint32Array(64);
  let kinds = new Uint8Array(64);
  let length = 0;
  let filled = 0;
  return {
    add(name, isFolder, kind) {
      const needed = filled + name.length * WIDEST + 1;
      if (needed > bytes.length) bytes = grown(bytes, Buffer.allocUnsafe(Math.max(needed, 2 * bytes.length)));
      if (length === ends.length) {
        ends = grown(ends, new Uint32Array(2 * length));
        kinds = grown(kinds, new Uint8Array(2 * length));
      }
      filled += bytes.write(name, filled, 'utf8');
      if (isFolder) bytes[filled++] = SLASH;
      ends[length] = filled;
      kinds[length] = kind;
      length++;
    },
    sorted() {
      const start = (index: number): number => (index === 0 ? 0 : ends[index - 1]!);
      const order = sort(length, (a, b) => compare(bytes, start(a), ends[a]!, start(b), ends[b]!));
      return {
        length,
        name(index) {
          const place = order[index]!;
          const end = ends[place]!;
          return bytes.toString('utf8', start(place), bytes[end - 1] === SLASH ? end - 1 : end);
        },
        kind: index => kinds[order[index]!]!,
      };
    },
  };
}

function grown<T extends Uint8Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** The places 0 to length - 1 in their order. Merges, because the sort of typed arrays copies them into lists of numbers. */
function sort(length: number, isBefore: (a: number, b: number) => number): Uint32Array {
  let from = Uint32Array.from({ length }, (_, index) => index);
  let into = new Uint32Array(length);
  for (let width = 1; width < length; width *= 2) {
    for (let left = 0; left < length; left += 2 * width) {
      const middle = Math.min(left + width, length);
      const right = Math.min(left + 2 * width, length);
      // Mostly in order already where a file system keeps names sorted.
      if (middle === right || isBefore(from[middle - 1]!, from[middle]!) <= 0) {
        into.set(from.subarray(left, right), left);
        continue;
      }
      for (let to = left, a = left, b = middle; to < right; to++) {
        const isLeft = b === right || (a < middle && isBefore(from[a]!, from[b]!) <= 0);
        into[to] = isLeft ? from[a++]! : from[b++]!;
      }
    }
    [from, into] = [into, from];
  }
  return from;
}

function compare(bytes: Buffer, a: number, endA: number, b: number, endB: number): number {
  while (a < endA && b < endB) {
    const [left, right] = [bytes[a++]!, bytes[b++]!];
    if (left !== right) return unitOrder(left) - unitOrder(right);
  }
  return endA - a - (endB - b);
}

/** In UTF-16, characters beyond U+FFFF (first byte 0xf0 or more) come before those from U+E000 on (0xee, 0xef). */
function unitOrder(octet: number): number {
  return octet === 0xee || octet === 0xef ? octet + 16 : octet;
}
