import type { Image } from '../../kit/image';

export interface TextOptions {
  /** Top left corner in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels per dot of a letter. */
  readonly scale: number;
  /** Grey level 0..255. */
  readonly ink: number;
  /** Pixels that may be used; a longer text loses its middle, because names of files and people differ at their ends. */
  readonly width?: number;
}

/** Height of a line at scale 1: 7 dots and one for descenders. */
export const TEXT_HEIGHT = 8;
const ADVANCE = 6;

export function tinyTextWidth(text: string, scale: number): number {
  return Array.from(text).length * ADVANCE * scale;
}

/**
 * Draws one line of printable ASCII with a letter of 5 x 7 dots; other characters become "?". Our own letters, because a
 * machine without fonts draws SVG text as nothing at all, and one with other fonts draws other bytes.
 */
export function drawText(canvas: Image, text: string, { x, y, scale, ink, width }: TextOptions): void {
  const shown = shorten(Array.from(text), Math.floor((width ?? Infinity) / (ADVANCE * scale)));
  for (const [i, character] of shown.entries()) {
    const glyph = GLYPHS[character.charCodeAt(0) - 32] ?? GLYPHS['?'.charCodeAt(0) - 32]!;
    for (let column = 0; column < 5; column++) {
      const dots = parseInt(glyph.slice(column * 2, column * 2 + 2), 16);
      for (let row = 0; row < TEXT_HEIGHT; row++) {
        if ((dots >> row) & 1) square(canvas, x + (i * ADVANCE + column) * scale, y + row * scale, scale, ink);
      }
    }
  }
}

function shorten(characters: readonly string[], room: number): readonly string[] {
  if (characters.length <= room) return characters;
  if (room < 6) return characters.slice(0, Math.max(0, room));
  const end = Math.ceil((room - 2) / 2);
  return [...characters.slice(0, room - 2 - end), '.', '.', ...characters.slice(-end)];
}

function square(canvas: Image, left: number, top: number, edge: number, ink: number): void {
  for (let y = Math.max(0, top); y < Math.min(canvas.height, top + edge); y++) {
    for (let x = Math.max(0, left); x < Math.min(canvas.width, left + edge); x++) {
      canvas.pixels.fill(ink, (y * canvas.width + x) * 3, (y * canvas.width + x) * 3 + 3);
    }
  }
}

/** Space to tilde. Five columns a letter, two hex digits each, lowest bit on top. */
const GLYPHS: readonly string[] = (
  '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0000070000 ' +
  '001c224100 0041221c00 2a1c7f1c2a 08083e0808 0080600000 0808080808 0000600000 2010080402 ' +
  '3e5149453e 00427f4000 7249494946 2141494d33 1814127f10 2745454539 3c4a494931 4121110907 ' +
  '3649494936 464949291e 0000140000 0040340000 0008142241 1414141414 0041221408 0201590906 ' +
  '3e415d594e 7c1211127c 7f49494936 3e41414122 7f4141413e 7f49494941 7f09090901 3e41415173 ' +
  '7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f021c027f 7f0408107f 3e4141413e ' +
  '7f09090906 3e4151215e 7f09192946 2649494932 03017f0103 3f4040403f 1f2040201f 3f4038403f ' +
  '6314081463 0304780403 6159494d43 007f414141 0204081020 004141417f 0402010204 4040404040 ' +
  '0003070800 2054547840 7f28444438 3844444428 384444287f 3854545418 00087e0902 18a4a49c78 ' +
  '7f08040478 00447d4000 2040403d00 7f10284400 00417f4000 7c04780478 7c08040478 3844444438 ' +
  'fc18242418 18242418fc 7c08040408 4854545424 04043f4424 3c4040207c 1c2040201c 3c4030403c ' +
  '4428102844 4c9090907c 4464544c44 0008364100 0000770000 0041360800 0201020402'
).split(' ');
