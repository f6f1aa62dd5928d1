import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { embedViews, type EmbeddedFaces } from '../../../src/embedding/views/embed-views';
import type { FaceView } from '../../../src/embedding/recogniser/face-tensor';
import type { Recogniser } from '../../../src/embedding/recogniser/onnx-recogniser';
import { openFaceSet, type FaceRow, type FaceSet } from '../../../src/data/face-set';
import { testFaces, writeFaceSet } from '../../helpers/face-set';

const SIZE = 4;
/** Five batches of 32 and one of 8: batches have no fewer faces than 32. */
const FACES = testFaces('AB', 7, 12, SIZE, 20);

let faces: FaceSet;
beforeEach(async () => {
  faces = await openFaceSet(await writeFaceSet(FACES, SIZE));
});
afterEach(() => faces.close());

/** Embeds a view as its first byte, negative in the mirror, once `answer` lets it. */
function recogniserThat(answer: (call: number) => Promise<void> | void): Recogniser & { readonly calls: number[] } {
  const calls: number[] = [];
  const embed = async (views: readonly FaceView[], into: Float32Array): Promise<void> => {
    calls.push(views.length);
    await answer(calls.length);
    views.forEach(({ pixels, mirrored }, i) => (into[i] = mirrored ? -pixels[0]! : pixels[0]!));
  };
  return { batch: 16, dim: 1, embed, calls } as Partial<Recogniser> as Recogniser & { readonly calls: number[] };
}

async function embedded(
  recogniser: Recogniser,
  write: (batch: EmbeddedFaces) => Promise<void> = () => Promise.resolve(),
  { signal = new AbortController().signal, rows = faces.rows() } = {},
): Promise<void> {
  await embedViews({ faces, rows, recogniser, signal, write });
}

async function* someRows(wanted: (row: number) => boolean): AsyncGenerator<FaceRow> {
  for await (const row of faces.rows()) if (wanted(row.row)) yield row;
}

describe('embedViews()', () => {
  test('writes both views of every face in order, whatever the order of the answers', async () => {
    const late = (call: number): Promise<void> => new Promise(resolve => setTimeout(resolve, call === 1 ? 20 : 0));
    const [rows, original, mirrored]: number[][] = [[], [], []];
    await embedded(recogniserThat(late), batch => {
      rows!.push(...batch.faces.map(({ row }) => row));
      original!.push(...batch.original);
      mirrored!.push(...batch.mirrored);
      return Promise.resolve();
    });
    expect(rows).toEqual(FACES.map((_, row) => row));
    expect(original).toEqual(FACES.map(({ pixels }) => pixels[0]));
    expect(mirrored).toEqual(FACES.map(({ pixels }) => -pixels[0]!));
  });

  test('reads the faces that are wanted where others lie between them', async () => {
    const wanted = (row: number): boolean => row % 5 !== 1 && row !== 167;
    const original: number[] = [];
    const write = (batch: EmbeddedFaces): Promise<void> => Promise.resolve(void original.push(...batch.original));
    await embedded(
      recogniserThat(() => undefined),
      write,
      { rows: someRows(wanted) },
    );
    expect(original).toEqual(FACES.filter((_, row) => wanted(row)).map(({ pixels }) => pixels[0]));
  });

  test('gives the model the next batch before it has answered the first', async () => {
    const second = gate();
    const recogniser = recogniserThat(call => {
      if (call === 1) return second.passed;
      second.open();
      return undefined;
    });
    await embedded(recogniser);
    expect(recogniser.calls).toHaveLength(12);
  });

  test('continues with the model while a batch is written, and holds three batches', async () => {
    const others = gate();
    // Two calls for the batch that is written, and two for each of two others.
    const recogniser = recogniserThat(call => (call === 6 ? others.open() : undefined));
    let largest = 0;
    await embedded(recogniser, async () => {
      largest = Math.max(largest, largest === 0 ? (await others.passed, await idle(), recogniser.calls.length) : 0);
    });
    expect(largest).toBe(6);
  });

  test('stops between the views when it is cancelled', async () => {
    const cancelling = new AbortController();
    const recogniser = recogniserThat(() => cancelling.abort(new Error('Cancelled')));
    await expect(embedded(recogniser, undefined, cancelling)).rejects.toThrow('Cancelled');
    // The one that cancelled, and at most those of the other batches under way; none of a mirror image.
    expect(recogniser.calls.length).toBeLessThanOrEqual(3);
  });

  test('passes on what the model or the writer throws', async () => {
    const failing = recogniserThat(call => (call === 4 ? Promise.reject(new Error('No model')) : undefined));
    await expect(embedded(failing)).rejects.toThrow('No model');
    const full = (): Promise<void> => Promise.reject(new Error('Disk full'));
    await expect(
      embedded(
        recogniserThat(() => undefined),
        full,
      ),
    ).rejects.toThrow('Disk full');
  });
});

function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>(resolve => (open = resolve));
  return { passed, open: () => open() };
}

/** Long enough for whatever is not waiting for something. */
function idle(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 50));
}
