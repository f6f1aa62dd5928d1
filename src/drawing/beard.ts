import { mix } from './colour';
import { closedCurve, type Point } from './curve';
import { mouthCorner } from './mouth';
import { fill, type Scene } from './scene';

/** Stubble to full beard along the jaw, and a moustache; clipped to the silhouette by the caller, drawn below the mouth. */
export function beard(scene: Scene): string {
  const { identity, circumstances, pose } = scene;
  const { traits: t, hair, skin } = identity;
  const detail = 0.4 + 0.6 * circumstances.skinDetail;
  const corner = mouthCorner(t, circumstances);
  const at = (x: number, y: number): Point => pose.on(x, y, 1);
  const colour = mix(hair, skin, 0.12);
  const width = t.faceWidth;
  const right = [
    at(width * 0.9, 18),
    at(width * 0.72, 50),
    at(corner.x + 9, corner.y + 2),
    at(corner.x * 0.6, corner.y + t.lowerLip + 7 + circumstances.mouthOpen),
  ];
  const left = [
    at(-corner.x * 0.6, corner.y + t.lowerLip + 7 + circumstances.mouthOpen),
    at(-corner.x - 9, corner.y + 2),
    at(-width * 0.72, 50),
    at(-width * 0.9, 18),
  ];
  // Runs outside the silhouette, which cuts it.
  const jaw = (
    [
      [-130, 30],
      [-110, 120],
      [0, 170],
      [110, 120],
      [130, 30],
    ] as const
  ).map(([x, y]) => pose.edge([x, y, 20]));
  const low = t.noseLength + t.lipDistance - Math.max(2, t.upperLip);
  const moustache = [
    at(0, t.noseLength + 10),
    at(14, t.noseLength + 10),
    at(corner.x + 5, corner.y + 1),
    at(14, low),
    at(0, low + 1),
    at(-14, low),
    at(-corner.x - 5, corner.y + 1),
    at(-14, t.noseLength + 10),
  ];
  return (
    (identity.beard > 0 ? fill(closedCurve([...right, ...left, ...jaw]), colour, 0.85 * identity.beard * detail) : '') +
    (identity.moustache > 0 ? fill(closedCurve(moustache), colour, 0.9 * identity.moustache * detail) : '')
  );
}
