import { seededRandom, type Random } from '../kit/math/random';
import type { Circumstances } from './circumstances';

/**
 * Light, vignette, the pattern of upsampling and sensor noise, in place on size x size x 3 RGB bytes. One loop, because a
 * library call per effect would cost more than the effect.
 */
export function develop(pixels: Uint8Array, size: number, circumstances: Circumstances, random: Random): void {
  const { gain, light, lightFrom, noise, grid } = circumstances;
  // A store into it rounds and clamps.
  const bytes = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  const [fallX, fallY] = [Math.cos(lightFrom) * light, Math.sin(lightFrom) * light];
  let state = random.integer(0xffff_ffff) | 1;
  for (let y = 0; y < size; y++) {
    const v = (y + 0.5) / size - 0.5;
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size - 0.5;
      // A photographed wall or face never falls to black, hence the floor.
      const lit = Math.max(0.25, 1 + fallX * u + fallY * v - VIGNETTE * (u * u + v * v));
      const trace = grid * (GRID_WAVE[x & 7]! + GRID_WAVE[y & 7]!);
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const at = 3 * (y * size + x);
      for (let c = 0; c < 3; c++) {
        const value = bytes[at + c]! * lit * gain[c as 0 | 1 | 2];
        // Shot noise grows with the root of the light; read noise does not.
        const deviation = noise * (0.4 + 0.6 * SQUARE_ROOT[value > 255 ? 255 : value | 0]!);
        bytes[at + c] = value + trace + deviation * NOISE[(state >>> (10 * c)) & 1023]!;
      }
    }
  }
}

const VIGNETTE = 0.25;

/** sqrt(value / 128), so that it is 1 at mid grey. */
const SQUARE_ROOT = Float32Array.from({ length: 256 }, (_, value) => Math.sqrt(value / 128));

/** 1024 standard normal values, drawn once: three of them a pixel by Box-Muller would cost more than the drawing. */
const NOISE = (() => {
  const random = seededRandom(0, 'noise table');
  return Float32Array.from({ length: 1024 }, () => random.normal());
})();

/** What strided upsampling leaves: waves of period 8, 4 and 2 pixels, fixed to the grid. */
const GRID_WAVE = Float32Array.from(
  { length: 8 },
  (_, i) => 0.4 * Math.cos((i * Math.PI) / 4) + 0.4 * Math.cos((i * Math.PI) / 2) + 0.2 * Math.cos(i * Math.PI),
);
