import sharp from 'sharp';
import type { Image } from '../../kit/image';
import { drawText, TEXT_HEIGHT, tinyTextWidth } from './tiny-text';

/** A picture on a contact sheet. */
export interface Tile extends Image {
  /** A few words below the picture; what does not fit loses its middle. */
  readonly label?: string;
}

export interface ContactSheetOptions {
  /** Tiles in a row, at least 1. */
  readonly columns: number;
  readonly title?: string;
}

/** Edge in pixels that larger tiles are scaled down to: a sheet of 100 tiles still fits a screen. */
const LARGEST_CELL = 160;
const GAP = 6;
const BACKGROUND = 238;
const INK = 51;

/**
 * Tiles on a grid, row by row, each scaled to fit the same cell and centred in it, with a label below, as a JPEG. The text is
 * drawn by us, so the sheet is equal on machines with other fonts or with none. No tiles give a sheet that says so.
 */
export async function contactSheet(tiles: readonly Tile[], { columns, title }: ContactSheetOptions): Promise<Buffer> {
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`columns must be an integer >= 1, got ${columns}`);
  const cell = Math.min(LARGEST_CELL, Math.max(32, ...tiles.map(tile => Math.max(tile.width, tile.height))));
  const across = Math.max(1, Math.min(columns, tiles.length));
  const heading = tiles.length > 0 ? title : [title, 'nothing to show'].filter(Boolean).join(': ');
  const top = heading === undefined ? GAP : 2 * TEXT_HEIGHT + 3 * GAP;
  const row = cell + (tiles.some(tile => tile.label !== undefined) ? TEXT_HEIGHT + GAP : 0) + GAP;
  const width = Math.max(GAP + across * (cell + GAP), heading === undefined ? 0 : tinyTextWidth(heading, 2) + 2 * GAP);
  const height = top + Math.ceil(tiles.length / across) * row;
  const sheet = { pixels: Buffer.alloc(width * height * 3, BACKGROUND), width, height };
  if (heading !== undefined) drawText(sheet, heading, { x: GAP, y: GAP + 2, scale: 2, ink: INK });
  for (const [i, tile] of tiles.entries()) {
    const x = GAP + (i % across) * (cell + GAP);
    const y = top + Math.floor(i / across) * row;
    paste(sheet, await fitted(tile, cell), x, y, cell);
    if (tile.label) drawText(sheet, tile.label, { x, y: y + cell + 3, scale: 1, ink: INK, width: cell });
  }
  return sharp(sheet.pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

async function fitted(tile: Tile, cell: number): Promise<Tile> {
  if (tile.width <= cell && tile.height <= cell) return tile;
  const { data, info } = await sharp(tile.pixels, { raw: { width: tile.width, height: tile.height, channels: 3 } })
    .resize(cell, cell, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

function paste(sheet: Tile, tile: Tile, x: number, y: number, cell: number): void {
  const left = x + ((cell - tile.width) >> 1);
  const top = y + ((cell - tile.height) >> 1);
  for (let v = 0; v < tile.height; v++) {
    const line = tile.pixels.subarray(v * tile.width * 3, (v + 1) * tile.width * 3);
    sheet.pixels.set(line, ((top + v) * sheet.width + left) * 3);
  }
}
