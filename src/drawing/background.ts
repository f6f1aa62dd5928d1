import { css } from './colour';
import { num } from './curve';
import type { Scene } from './scene';

export function backgroundGradient({ circumstances }: Scene): string {
  const [top, bottom] = circumstances.background;
  return (
    `<linearGradient id="backdrop" x1="0" y1="0" x2="0.3" y2="1"><stop offset="0" stop-color="${css(top)}"/>` +
    `<stop offset="1" stop-color="${css(bottom)}"/></linearGradient>`
  );
}

/** A wall with discs and bars. */
export function background({ circumstances, size }: Scene): string {
  const shapes = circumstances.clutter.map(({ x, y, size: extent, bar, colour }) =>
    bar
      ? `<rect x="${num((x - extent / 4) * size)}" y="${num((y - 0.5) * size)}" width="${num((extent / 2) * size)}" height="${num(size)}" fill="${css(colour)}"/>`
      : `<circle cx="${num(x * size)}" cy="${num(y * size)}" r="${num((extent / 2) * size)}" fill="${css(colour)}"/>`,
  );
  return `<rect width="${size}" height="${size}" fill="url(#backdrop)"/>${shapes.join('')}`;
}
