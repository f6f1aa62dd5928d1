import { WHITE } from './colour';
import { closedCurve, openCurve, type Point } from './curve';
import { fill, stroke, type Scene } from './scene';

/** Frames in front of the eyes when they are worn in this photo. */
export function glasses({ identity, circumstances, pose }: Scene): string {
  if (!circumstances.glasses) return '';
  const { traits: t, glasses: g } = identity;
  const middle = Math.max(t.eyeDistance / 2 + 1, g.size + 4);
  const side = (s: number): string => {
    const at = (u: number, v: number): Point => pose.at([s * (middle + u * g.size), 2 + v * g.size * 0.8, 78 - 6 * u]);
    // Corners move out from the circle as the lens gets squarer.
    const corner = Math.SQRT1_2 * (1 + 0.3 * g.squareness);
    const lens = closedCurve([
      at(1, 0),
      at(corner, corner),
      at(0, 1),
      at(-corner, corner),
      at(-1, 0),
      at(-corner, -corner),
      at(0, -1),
      at(corner, -corner),
    ]);
    const temple = openCurve([at(1, -0.3), pose.edge([s * t.faceWidth * 1.01, -4, 0])]);
    const glint = closedCurve([at(-0.5, -0.6), at(0.1, -0.7), at(-0.35, 0.5), at(-0.65, 0.35)]);
    return (
      fill(lens, WHITE, 0.1) +
      fill(glint, WHITE, 0.22) +
      stroke(lens, g.colour, pose.length(g.rim)) +
      stroke(temple, g.colour, pose.length(g.rim))
    );
  };
  const gap = middle - g.size;
  const bridge = openCurve([pose.at([-gap, -1, 86]), pose.at([0, -4, 88]), pose.at([gap, -1, 86])]);
  return side(-1) + side(1) + stroke(bridge, g.colour, pose.length(g.rim));
}
