import { describe, expect, test } from '@jest/globals';
import { TEXT_HEIGHT, drawText, tinyTextWidth } from '../../../src/pictures/sheets/tiny-text';

/** The text as lines of dots. */
const drawn = (text: string, width: number, options: { scale?: number; width?: number } = {}): string[] => {
  const height = TEXT_HEIGHT * (options.scale ?? 1);
  const canvas = { pixels: new Uint8Array(width * height * 3), width, height };
  drawText(canvas, text, { x: 0, y: 0, scale: 1, ink: 255, ...options });
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (canvas.pixels[(y * width + x) * 3] === 255 ? '#' : '.')).join(''),
  );
};

describe('drawText', () => {
  test('draws letters of 5 x 7 dots', () => {
    expect(drawn('T1', 12)).toEqual([
      '#####...#...',
      '#.#.#..##...',
      '..#.....#...',
      '..#.....#...',
      '..#.....#...',
      '..#.....#...',
      '..#....###..',
      '............',
    ]);
  });

  test('scales, and clips at the edges of the canvas', () => {
    expect(drawn('T', 4, { scale: 2 }).slice(0, 4)).toEqual(['####', '####', '##..', '##..']);
  });

  test('drops the middle of what is too long', () => {
    expect(drawn('identity-0001', 60, { width: 60 })).toEqual(drawn('iden..0001', 60));
    expect(drawn('abcdefgh', 30, { width: 20 })).toEqual(drawn('abc', 30));
  });

  test('draws a question mark for what it has no letter for', () => {
    expect(drawn('é\u0007', 12)).toEqual(drawn('??', 12));
  });

  test('has a letter of its own for all of printable ASCII', () => {
    const letters = Array.from({ length: 95 }, (_, i) => drawn(String.fromCharCode(32 + i), 6).join('\n'));
    expect(new Set(letters).size).toBe(95);
    expect(tinyTextWidth('abc', 2)).toBe(36);
  });
});
