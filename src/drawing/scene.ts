import type { Circumstances } from './circumstances';
import { BLACK, css, mix, WHITE, type Rgb } from './colour';
import type { Point } from './curve';
import { num } from './curve';
import type { Identity } from './identity';
import type { Pose } from './pose';

/** What the parts of a portrait are drawn from. */
export interface Scene {
  readonly identity: Identity;
  readonly circumstances: Circumstances;
  readonly pose: Pose;
  /** Side of the photo in pixels. */
  readonly size: number;
}

export const darker = (colour: Rgb, share: number): Rgb => mix(colour, BLACK, share);
export const lighter = (colour: Rgb, share: number): Rgb => mix(colour, WHITE, share);

export function fill(path: string, colour: Rgb, opacity = 1): string {
  return `<path d="${path}" fill="${css(colour)}"${opacity < 1 ? ` fill-opacity="${num(opacity)}"` : ''}/>`;
}

/** A filled path in the paint of a gradient. */
export function paint(path: string, gradient: string, opacity = 1): string {
  return `<path d="${path}" fill="url(#${gradient})"${opacity < 1 ? ` fill-opacity="${num(opacity)}"` : ''}/>`;
}

export function stroke(path: string, colour: Rgb, width: number, opacity = 1): string {
  const alpha = opacity < 1 ? ` stroke-opacity="${num(opacity)}"` : '';
  return `<path d="${path}" fill="none" stroke="${css(colour)}" stroke-width="${num(width)}" stroke-linecap="round"${alpha}/>`;
}

/** A soft round shadow or light: full in its middle, nothing at its rim. `tone` names a gradient of `softTones`. */
export function soft(
  [x, y]: Point,
  radiusX: number,
  radiusY: number,
  tone: 'shade' | 'shine' | 'flush',
  opacity: number,
): string {
  const place = `cx="${num(x)}" cy="${num(y)}" rx="${num(radiusX)}" ry="${num(radiusY)}"`;
  return `<ellipse ${place} fill="url(#${tone})" fill-opacity="${num(opacity)}"/>`;
}

/** The gradients that `soft` refers to; the shade of skin is a dark red brown, black looks dirty. */
export function softTones(skin: Rgb): string {
  const tone = (id: string, colour: Rgb): string =>
    `<radialGradient id="${id}"><stop offset="0" stop-color="${css(colour)}"/>` +
    `<stop offset="1" stop-color="${css(colour)}" stop-opacity="0"/></radialGradient>`;
  return (
    tone('shade', mix(skin, [40, 8, 0], 0.75)) +
    tone('shine', lighter(skin, 0.7)) +
    tone('flush', mix(skin, [205, 60, 60], 0.6))
  );
}
