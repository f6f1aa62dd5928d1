import { mix } from './colour';
import { closedCurve, openCurve, polygon, type Point } from './curve';
import { darker, fill, soft, stroke, type Scene } from './scene';

/** Neck, shoulders and clothes: behind the head. */
export function bust({ identity, circumstances, pose, size }: Scene): string {
  const t = identity.traits;
  const { skin } = identity;
  const chin = t.chinLength;
  const low = 2 * size;
  const at = (x: number, y: number): Point => pose.edge([x, y, -5]);
  const neck = polygon([
    at(-t.neckWidth, 40),
    at(t.neckWidth, 40),
    at(t.neckWidth * 1.05, chin + 40),
    at(-t.neckWidth * 1.05, chin + 40),
  ]);
  const collar = chin + 26;
  const shoulders = [at(-t.neckWidth * 0.95, collar - 8), at(-t.neckWidth - 40, collar + 12), at(-150, collar + 40)];
  const others = [
    at(150, collar + 40),
    at(t.neckWidth + 40, collar + 12),
    at(t.neckWidth * 0.95, collar - 8),
    at(0, collar + 16),
  ];
  const body = closedCurve([...shoulders, [-size, low], [low, low], ...others]);
  return (
    fill(neck, darker(skin, 0.16)) +
    soft(at(0, chin - 6), pose.length(t.neckWidth), pose.length(34), 'shade', 0.85) +
    fill(body, circumstances.cloth) +
    stroke(
      openCurve([at(-t.neckWidth, collar - 6), at(0, collar + 18), at(t.neckWidth, collar - 6)]),
      darker(circumstances.cloth, 0.35),
      pose.length(3),
      0.8,
    )
  );
}

export function ears({ identity, pose }: Scene): string {
  const { traits: t, skin } = identity;
  return [-1, 1]
    .map(side => {
      const at = (out: number, y: number): Point => pose.at([side * (t.faceWidth * 0.97 + out), y, -8]);
      const top = -6;
      const shell = [
        at(-6, top),
        at(t.earWidth * 0.7, top - 5),
        at(t.earWidth, top + t.earHeight * 0.3),
        at(t.earWidth * 0.7, top + t.earHeight * 0.7),
        at(0, top + t.earHeight),
        at(-6, top + t.earHeight),
      ];
      const fold = [
        at(1, top + 3),
        at(t.earWidth * 0.6, top + t.earHeight * 0.25),
        at(t.earWidth * 0.25, top + t.earHeight * 0.7),
      ];
      return (
        fill(closedCurve(shell), mix(skin, [190, 70, 60], 0.12)) +
        stroke(openCurve(fold), darker(skin, 0.4), pose.length(1.6), 0.6)
      );
    })
    .join('');
}
