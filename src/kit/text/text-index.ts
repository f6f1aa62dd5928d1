/** Different texts, numbered from 0 in the order in which they came. */
export interface TextIndex {
  readonly size: number;
  /** The number of a text, which is added unless it is there. */
  add(text: string): number;
  find(text: string): number | undefined;
  /** @param index below `size` */
  text(index: number): string;
}

/** Bytes of a page; a longer text has a page of its own. */
const PAGE = 1 << 20;
const EMPTY = 0;
/** Taken once: they are called for every byte, and a lookup in the global object is slow where that is watched, as under jest. */
const { floor, imul } = Math;

/**
 * Holds the bytes of each text and about 20 more, where a Map of strings holds 100 and more: for a text an image.
 * @param encoding `hex` for digests, which take half of their length then; all of them must be hexadecimal and in lower case
 */
export function textIndex(encoding: 'utf8' | 'hex' = 'utf8'): TextIndex {
  const pages: Buffer[] = [];
  let filled = 0;
  let places = new Float64Array(256);
  let lengths = new Uint32Array(256);
  /** Numbers of texts from 1, at the place that their bytes hash to or behind it. */
  let slots = new Uint32Array(512);
  let size = 0;

  /** The text that is looked for: a buffer for each takes longer than the search. */
  let wanted = Buffer.allocUnsafe(256);
  let length = 0;

  const read = (text: string): void => {
    if (wanted.length < 3 * text.length) wanted = Buffer.allocUnsafe(3 * text.length);
    length = wanted.write(text, encoding);
  };
  const isWanted = (index: number): boolean => {
    if (lengths[index] !== length) return false;
    const place = places[index]!;
    const page = pages[floor(place / PAGE)]!;
    for (let at = 0, from = place % PAGE; at < length; at++) if (page[from + at] !== wanted[at]) return false;
    return true;
  };
  const bytesOf = (index: number): Buffer => {
    const place = places[index]!;
    const start = place % PAGE;
    return pages[floor(place / PAGE)]!.subarray(start, start + lengths[index]!);
  };
  /** Where the wanted text is, or where it would be. */
  const findSlot = (): number => {
    let slot = hash(wanted, 0, length) & (slots.length - 1);
    while (slots[slot] !== EMPTY && !isWanted(slots[slot]! - 1)) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const keep = (): number => {
    if (pages.length === 0 || filled + length > PAGE) {
      pages.push(Buffer.allocUnsafeSlow(Math.max(PAGE, length)));
      filled = 0;
    }
    wanted.copy(pages.at(-1)!, filled, 0, length);
    const place = (pages.length - 1) * PAGE + filled;
    filled += length;
    return place;
  };
  const grow = (): void => {
    places = grown(places, new Float64Array(2 * size));
    lengths = grown(lengths, new Uint32Array(2 * size));
    slots = new Uint32Array(2 * slots.length);
    for (let index = 0; index < size; index++) {
      const place = places[index]!;
      const start = place % PAGE;
      let slot = hash(pages[floor(place / PAGE)]!, start, start + lengths[index]!) & (slots.length - 1);
      while (slots[slot] !== EMPTY) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = index + 1;
    }
  };
  return {
    get size() {
      return size;
    },
    add(text) {
      if (size === places.length) grow();
      read(text);
      const slot = findSlot();
      if (slots[slot] === EMPTY) {
        places[size] = keep();
        lengths[size] = length;
        slots[slot] = ++size;
      }
      return slots[slot]! - 1;
    },
    find(text) {
      read(text);
      const found = slots[findSlot()]!;
      return found === EMPTY ? undefined : found - 1;
    },
    text: index => bytesOf(index).toString(encoding),
  };
}

function grown<T extends Float64Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** FNV-1a, of 32 bits. */
function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at++) value = imul(value ^ bytes[at]!, 0x01000193);
  // The low bits alone would take little from the last bytes.
  return (value ^ (value >>> 15)) >>> 0;
}
