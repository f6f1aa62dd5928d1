import { disc, closedCurve, openCurve, type Point } from './curve';
import { darker, fill, soft, stroke, type Scene } from './scene';

export function nose({ identity, circumstances, pose }: Scene): string {
  const { traits: t, skin } = identity;
  const mm = (length: number): number => pose.length(length);
  const tip = t.noseLength;
  // The bridge rises from the brow to the tip.
  const rise = (y: number): number => 5 + (t.noseProtrusion - 5) * Math.max(0, y / tip) ** 1.3;
  const ridge = (x: number, y: number): Point => pose.on(x, y, rise(y));
  const wing = (side: number, out: number, y: number, above = 6): Point => pose.on(side * t.noseWidth * out, y, above);
  // The far side of the ridge is in shadow: the side away from the light.
  const away = Math.cos(circumstances.lightFrom) > 0 ? -1 : 1;
  const flank = closedCurve([
    ridge(away * t.bridgeWidth, -14),
    ridge(away * t.bridgeWidth * 0.8, tip * 0.4),
    ridge(away * t.bridgeWidth * 1.1, tip * 0.85),
    wing(away, 1, tip + 1),
    wing(away, 1.05, tip * 0.7, 0),
    pose.on(away * (t.bridgeWidth + 7), tip * 0.3),
    pose.on(away * (t.bridgeWidth + 5), -10),
  ]);
  const both = (path: (side: number) => string): string => path(-1) + path(1);
  const wings = both(s =>
    openCurve([wing(s, 0.86, tip - 8, 5), wing(s, 1.06, tip - 1), wing(s, 0.92, tip + 5), wing(s, 0.6, tip + 5, 10)]),
  );
  const nostrils = both(s => disc(wing(s, 0.5, tip + 4, 11), mm(2.6 + (t.noseWidth - 17) * 0.15)));
  return (
    soft(pose.on(0, tip + 9), mm(t.noseWidth * 1.1), mm(7), 'shade', 0.5) +
    fill(flank, darker(skin, 0.6), 0.12 + 0.22 * circumstances.light) +
    soft(ridge(-away * 1.5, tip * 0.45), mm(t.bridgeWidth * 0.75), mm(tip * 0.5), 'shine', 0.4) +
    stroke(wings, darker(skin, 0.5), mm(1.6), 0.7) +
    fill(nostrils, darker(skin, 0.72), 0.8) +
    soft(ridge(-away * 2, tip - 2), mm(t.noseWidth * 0.45), mm(6), 'shine', 0.6)
  );
}
