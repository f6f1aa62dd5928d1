import { readFile, writeFile } from 'node:fs/promises';
import { messageOf, UserError } from '../errors';
import type { Image } from '../kit/image';
import type { FaceSet } from './face-set';

/** A small picture that an artifact keeps for its contact sheet, where its pixels are nowhere else in the artifact. */
export interface Tile extends Image {
  /** A few words about it. */
  readonly label?: string;
  /** Places on it that are to be seen: x and y in turn, integer = centre of a pixel. */
  readonly points?: readonly number[];
}

export interface Tiles {
  /** Tiles that belong in a row. */
  readonly columns: number;
  readonly tiles: readonly Tile[];
}

const VERSION = 1;

/** Of a tile, all but its pixels. */
type About = Omit<Tile, 'pixels'>;

/** Writes a line of JSON about the tiles, and then their pixels, RGB8, one tile after the other. */
export async function writeTiles(path: string, { columns, tiles }: Tiles): Promise<void> {
  const about = tiles.map(({ width, height, label, points }): About => ({ width, height, label, points }));
  const head = JSON.stringify({ version: VERSION, columns, tiles: about }) + '\n';
  await writeFile(path, Buffer.concat([Buffer.from(head), ...tiles.map(({ pixels }) => pixels)]));
}

/** Errors with `bad-tiles` (`UserError`) when the file is not as `writeTiles` writes it. */
export async function readTiles(path: string): Promise<Tiles> {
  try {
    const content = await readFile(path);
    const end = content.indexOf('\n') + 1;
    const head = JSON.parse(content.toString('utf8', 0, end)) as Omit<Tiles, 'tiles'> & {
      readonly version: number;
      readonly tiles: readonly About[];
    };
    if (head.version !== VERSION) throw new Error(`it has version ${head.version}, want ${VERSION}`);
    let at = end;
    const tiles = head.tiles.map(about => {
      const pixels = content.subarray(at, (at += about.width * about.height * 3));
      return { ...about, pixels };
    });
    if (at !== content.length) throw new Error(`it has ${content.length} bytes, want ${at}`);
    return { columns: head.columns, tiles };
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${messageOf(error)}; run the stage that made it again`, {
      code: 'bad-tiles',
      cause: error,
    });
  }
}

/** Faces with a line of text each, read from the face set. */
export function faceTiles(
  faces: FaceSet,
  wanted: readonly { readonly row: number; readonly label: string }[],
): Promise<Tile[]> {
  const { size } = faces;
  return Promise.all(
    wanted.map(async ({ row, label }) => {
      const pixels = new Uint8Array(size * size * 3);
      await faces.readPixels(row, pixels);
      return { pixels, width: size, height: size, label };
    }),
  );
}
