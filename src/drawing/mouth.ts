import type { Circumstances } from './circumstances';
import { mix } from './colour';
import { closedCurve, openCurve, polygon, type Point } from './curve';
import { darker, fill, soft, stroke, type Scene } from './scene';
import type { Traits } from './traits';

/** Where the corners lie: half the width, and the height below the eye line, in drawing millimetres. A smile widens and lifts. */
export function mouthCorner(traits: Traits, { smile }: Circumstances): { readonly x: number; readonly y: number } {
  return { x: (traits.mouthWidth / 2) * (1 + 0.1 * smile), y: traits.noseLength + traits.lipDistance - 4.5 * smile };
}

export function mouth({ identity, circumstances, pose }: Scene): string {
  const { traits: t, skin } = identity;
  const middle = t.noseLength + t.lipDistance;
  const corner = mouthCorner(t, circumstances);
  const open = circumstances.mouthOpen;
  const upper = Math.max(2, t.upperLip) * (1 - 0.15 * Math.max(0, circumstances.smile));
  const lower = Math.max(3, t.lowerLip) * (1 - 0.12 * Math.max(0, circumstances.smile));
  const at = (share: number, y: number): Point => pose.on(share * corner.x, y, 4);
  const left = at(-1, corner.y);
  const right = at(1, corner.y);
  // The lips meet on a line that follows the corners.
  const lift = (corner.y - middle) * 0.35;
  const cut = [
    at(-0.5, middle + lift - open * 0.2),
    at(0, middle - open * 0.25 + 0.8),
    at(0.5, middle + lift - open * 0.2),
  ];
  const floor = [
    at(0.5, middle + lift + open * 0.6),
    at(0, middle + open * 0.75 + 0.8),
    at(-0.5, middle + lift + open * 0.6),
  ];
  const bow = [
    at(0.5, middle - upper * 0.72 + lift),
    at(0.16, middle - upper),
    at(0, middle - upper + t.cupidsBow),
    at(-0.16, middle - upper),
    at(-0.5, middle - upper * 0.72 + lift),
  ];
  const chin = [
    at(-0.5, middle + lift + open * 0.75 + lower * 0.8),
    at(0, middle + open * 0.75 + lower),
    at(0.5, middle + lift + open * 0.75 + lower * 0.8),
  ];
  const lip = mix(skin, [176, 58, 62], Math.min(0.9, Math.max(0.12, t.lipTone)));
  const teeth = [
    at(-0.55, middle + lift - 1),
    at(0.55, middle + lift - 1),
    at(0.4, middle + open * 0.3),
    at(-0.4, middle + open * 0.3),
  ];
  return (
    (open > 0.5 ? fill(closedCurve([left, ...cut, right, ...floor]), [58, 18, 20]) : '') +
    (open > 2 ? fill(polygon(teeth), [236, 230, 222], 0.92) : '') +
    fill(closedCurve([left, ...cut, right, ...bow]), darker(lip, 0.14)) +
    fill(closedCurve([right, ...floor, left, ...chin]), lip) +
    soft(at(0, middle + open * 0.75 + lower * 0.45), pose.length(11), pose.length(lower * 0.35), 'shine', 0.45) +
    stroke(
      openCurve([left, ...(open > 0.5 ? [] : cut), ...(open > 0.5 ? cut : []), right]),
      darker(lip, 0.6),
      pose.length(1.4),
      0.85,
    )
  );
}
