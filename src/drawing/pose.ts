import type { Circumstances } from './circumstances';
import type { Point } from './curve';
import type { Traits } from './traits';

/** Drawing millimetres: x to the viewer's right, y down, z towards the viewer, from the middle between the pupils. */
export type HeadPlace = readonly [x: number, y: number, z: number];

/** Takes places on the head to places in the photo. */
export interface Pose {
  /** A place on the head that turns with it. */
  at(place: HeadPlace): Point;
  /** A place on the front of the head at (x, y), `above` mm in front of the smooth surface. */
  on(x: number, y: number, above?: number): Point;
  /** A place on the silhouette: a turned head is as wide as before, only its nearer parts move to the side. */
  edge(place: HeadPlace): Point;
  /** Millimetres in pixels. */
  length(mm: number): number;
}

/** The head is an egg: this deep in front of its axis, and this share wider than the face seen from the side. */
const DEPTH = 76;
const SIDE_STRETCH = 1.15;

/** Parallel projection after yaw, then pitch, then roll, scale and shift; `size` is the side of the photo. */
export function poseOf(traits: Traits, circumstances: Circumstances, size: number): Pose {
  const [yaw, pitch, roll] = [circumstances.yaw, circumstances.pitch, circumstances.roll].map(
    d => (d * Math.PI) / 180,
  ) as [number, number, number];
  const unit = size / 200;
  const scale = circumstances.scale * unit;
  const middleX = size / 2 + circumstances.shiftX * unit;
  const middleY = size * EYE_LINE + circumstances.shiftY * unit;
  const edgeStretch = Math.sqrt(Math.cos(yaw) ** 2 + SIDE_STRETCH * Math.sin(yaw) ** 2);

  const turned = (x: number, y: number): Point => [
    middleX + scale * (x * Math.cos(roll) - y * Math.sin(roll)),
    middleY + scale * (x * Math.sin(roll) + y * Math.cos(roll)),
  ];
  const at = ([x, y, z]: HeadPlace): Point => {
    const nearer = z * Math.cos(yaw) - x * Math.sin(yaw);
    return turned(x * Math.cos(yaw) + z * Math.sin(yaw), y * Math.cos(pitch) - nearer * Math.sin(pitch));
  };
  return {
    at,
    on: (x, y, above = 0) => at([x, y, frontOf(traits, x, y) + above]),
    edge: ([x, y, z]) => turned(x * edgeStretch + z * Math.sin(yaw), y - z * Math.sin(pitch)),
    length: mm => mm * scale,
  };
}

/** Height of the eye line in the photo, as a share of its side: leaves room for the crown above and the neck below. */
const EYE_LINE = 0.49;

/** z of the smooth front of the head, without nose and eye sockets. */
function frontOf(traits: Traits, x: number, y: number): number {
  const across = x / (1.12 * traits.faceWidth);
  const along = (y - 15) / 185;
  return DEPTH * Math.sqrt(Math.max(0.02, 1 - across ** 2 - along ** 2));
}
