/** Red, green, blue in 0..255, sRGB, not rounded. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const BLACK: Rgb = [0, 0, 0];
export const WHITE: Rgb = [255, 255, 255];

/** Light to dark. One palette for every group: a group has no skin tone of its own. */
export const SKIN: readonly Rgb[] = [
  'f6dccb',
  'efc9ae',
  'e3b18f',
  'd19a72',
  'b47c54',
  '8f5d3c',
  '6b432b',
  '4f3224',
].map(hex);

/** Shared by every group too. */
export const HAIR: readonly Rgb[] = [
  '1d1714',
  '33221a',
  '5b3a22',
  '86572c',
  'b98a4a',
  'd9bd84',
  'a8552f',
  '7e3320',
  '9a9693',
].map(hex);

export const IRIS: readonly Rgb[] = ['3b2416', '5a3a20', '7b5a2c', '6f7a42', '4f7d68', '4a76a0', '7d97ad'].map(hex);

export const CLOTH: readonly Rgb[] = [
  '2d3e5f',
  '7b2d34',
  '3f6b57',
  'c9b99a',
  '44444c',
  'a5623a',
  'd8d8dc',
  '5a4a7a',
].map(hex);

/** The colour at `place` in 0..1 along the palette; values beyond the ends are clamped. */
export function along(palette: readonly Rgb[], place: number): Rgb {
  const position = Math.min(Math.max(place, 0), 1) * (palette.length - 1);
  const index = Math.min(Math.floor(position), palette.length - 2);
  return mix(palette[index]!, palette[index + 1]!, position - index);
}

/** `share` 0 gives `a`, 1 gives `b`. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const channel = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * share;
  return [channel(0), channel(1), channel(2)];
}

export function css(colour: Rgb): string {
  return `rgb(${colour.map(value => Math.round(Math.min(Math.max(value, 0), 255))).join()})`;
}

function hex(text: string): Rgb {
  const value = Number.parseInt(text, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
