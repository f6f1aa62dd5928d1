/** An image in memory: RGB, row by row, `width * height * 3` bytes. */
export interface Image {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}
