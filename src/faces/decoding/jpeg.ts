/** What the markers of a JPEG file say, without decoding it. */
export interface JpegFacts {
  /** 1 grey, 3 colour, 4 CMYK; undefined where no frame was found. */
  readonly components: number | undefined;
  /** Its scans together bring every bit of every coefficient: a file whose last scans were lost is a blurred picture. */
  readonly complete: boolean;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP14 = 0xee;

/** A marker and what belongs to it: its header, and the coded data behind the header of a scan. Ends are exclusive. */
interface Segment {
  readonly marker: number;
  /** Where the 0xff before the marker lies. */
  readonly start: number;
  readonly headerEnd: number;
  readonly end: number;
}

/** Reads on from the header into the data only where there is more than one scan. */
export function jpegFacts(bytes: Uint8Array): JpegFacts {
  let components: number | undefined;
  let frame: Frame | undefined;
  for (const segment of segmentsOf(bytes)) {
    const { marker, start, headerEnd } = segment;
    if (isFrame(marker)) {
      frame = openFrame(bytes, segment);
      components ??= frame.size;
    } else if (marker === SOS && frame !== undefined) {
      const whole = frame.add(bytes.subarray(start + 4, headerEnd));
      // The decoder itself sees whether the only scan is whole.
      if (whole) return { components, complete: true };
    } else if (marker === EOI) {
      break;
    }
  }
  return { components, complete: frame?.isComplete() ?? false };
}

/** Whether the file has an end marker. */
export function jpegEnds(bytes: Uint8Array): boolean {
  return [...segmentsOf(bytes)].at(-1)?.marker === EOI;
}

/**
 * The same file without the parts that decoders warn of and skip, because no pixel depends on them: stray bytes between segments, scan
 * parameters that mean nothing in a sequential file (some phones), an unknown revision of JFIF or transform of Adobe (as libjpeg takes
 * it: YCbCr, YCCK), an end marker that is missing. What is still wrong with it is damage.
 */
export function mendJpeg(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  let isSequential = true;
  let components = 3;
  for (const { marker, start, headerEnd, end } of segmentsOf(bytes)) {
    if (marker === EOI) break;
    const part = Buffer.from(bytes.subarray(start, end));
    const header = headerEnd - start;
    if (isFrame(marker)) {
      isSequential = marker === 0xc0 || marker === 0xc1 || marker === 0xc9;
      components = part[9] ?? components;
    } else if (marker === SOS && isSequential && header >= 8) {
      part.set([0, 63, 0], header - 3);
    } else if (marker === APP0 && part.toString('latin1', 4, 9) === 'JFIF\0' && header >= 11) {
      part[9] = 1;
    } else if (marker === APP14 && part.toString('latin1', 4, 9) === 'Adobe' && header >= 16 && part[15]! > 2) {
      part[15] = components === 4 ? 2 : 1;
    }
    parts.push(part);
  }
  return Buffer.concat([...parts, Uint8Array.of(0xff, EOI)]);
}

/**
 * The file without `count` bytes before a marker that ends a scan: one candidate for each such marker.
 * Restart markers inside of a scan are not among them.
 */
export function* withoutStrayBytes(bytes: Uint8Array, count: number, marker: number): Generator<Buffer> {
  const segments = [...segmentsOf(bytes)];
  for (const [i, { marker: before, headerEnd, end }] of segments.entries()) {
    if (before !== SOS || segments[i + 1]?.marker !== marker || end - count < headerEnd) continue;
    yield Buffer.concat([bytes.subarray(0, end - count), bytes.subarray(end)]);
  }
}

/** Every segment up to the end marker, or to where the file breaks off. Stray bytes between segments are passed over. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  let at = 2;
  for (;;) {
    const marker = nextMarker(bytes, at);
    if (marker === undefined) return;
    const code = bytes[marker.end - 1]!;
    const start = marker.end - 2;
    if (code === EOI || code === SOI) {
      yield { marker: code, start, headerEnd: marker.end, end: marker.end };
      return;
    }
    const length = standsAlone(code) ? 0 : bytes[marker.end]! * 256 + bytes[marker.end + 1]!;
    const headerEnd = marker.end + length;
    // NaN where the length itself is cut off.
    if (!(headerEnd <= bytes.length) || (length < 2 && !standsAlone(code))) return;
    const end = code === SOS ? endOfScan(bytes, headerEnd) : headerEnd;
    yield { marker: code, start, headerEnd, end };
    at = end;
  }
}

/** The next 0xff that is followed by neither 0 nor the end; any number of 0xff may stand before the code. */
function nextMarker(bytes: Uint8Array, from: number): { readonly end: number } | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1];
    if (code !== undefined && code !== 0 && code !== 0xff) return { end: at + 2 };
  }
  return undefined;
}

/** Coded data ends at a marker that is no restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; ;) {
    const marker = nextMarker(bytes, at);
    if (marker === undefined) return bytes.length;
    const code = bytes[marker.end - 1]!;
    if (code < 0xd0 || code > 0xd7) {
      let start = marker.end - 2;
      while (start > from && bytes[start - 1] === 0xff) start--;
      return start;
    }
    at = marker.end;
  }
}

function standsAlone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd7);
}

/** SOF0 to SOF15; between them lie DHT, JPG and DAC. */
function isFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

interface Frame {
  readonly size: number;
  /** Takes the header of a scan behind its length. True for the only scan of a sequential file. */
  add(scan: Uint8Array): boolean;
  isComplete(): boolean;
}

const COEFFICIENTS = 64;

/** Which bits of which coefficients the scans have brought (ITU-T T.81, G.1.1). */
function openFrame(bytes: Uint8Array, { marker, start, headerEnd }: Segment): Frame {
  const isProgressive = marker === 0xc2 || marker === 0xca;
  const size = bytes[start + 9] ?? 0;
  const ids = Array.from({ length: size }, (_, i) =>
    start + 10 + 3 * i < headerEnd ? bytes[start + 10 + 3 * i]! : -1,
  );
  /** By component: the lowest bit that has come of each coefficient. */
  const lowest = new Map(ids.map(id => [id, new Uint8Array(COEFFICIENTS).fill(255)]));
  return {
    size,
    add(scan) {
      const count = scan[0] ?? 0;
      const [from = 0, to = 0, bits = 0] = scan.subarray(1 + 2 * count);
      for (let i = 0; i < count; i++) {
        const of = lowest.get(scan[1 + 2 * i] ?? -1);
        if (isProgressive) of?.fill(bits & 15, from, Math.min(to, COEFFICIENTS - 1) + 1);
        else of?.fill(0);
      }
      return !isProgressive && count === size;
    },
    isComplete: () => [...lowest.values()].every(bits => bits.every(bit => bit === 0)),
  };
}
