import { BLACK, mix, WHITE } from './colour';
import { closedCurve, disc, openCurve, type Point } from './curve';
import { darker, fill, lighter, soft, stroke, type Scene } from './scene';

/** How deep the eyeball lies behind the smooth surface, in drawing millimetres. */
export const EYE_DEPTH = -4;

export function eyes(scene: Scene): string {
  return eye(scene, -1) + eye(scene, 1);
}

/** `side` -1 is the viewer's left. */
function eye({ identity, circumstances, pose }: Scene, side: number): string {
  const { traits: t, skin, iris } = identity;
  const mm = (length: number): number => pose.length(length);
  const tilt = (t.eyeTilt * Math.PI) / 180;
  // u runs from the middle of the eye outwards, v up.
  const at = (u: number, v: number): Point =>
    pose.on(
      side * (t.eyeDistance / 2 + u * Math.cos(tilt) - v * Math.sin(tilt)),
      -(u * Math.sin(tilt) + v * Math.cos(tilt)),
      EYE_DEPTH,
    );
  const half = t.eyeWidth / 2;
  const upper = t.eyeOpening * 0.6 * (1 - circumstances.eyesClosed) - t.eyeOpening * 0.3 * circumstances.eyesClosed;
  const lower = t.eyeOpening * 0.42 * (1 - 0.3 * Math.max(0, circumstances.smile));
  const lid = [
    at(-half, -1.5),
    at(-half * 0.5, upper * 0.72),
    at(0, upper),
    at(half * 0.55, upper * 0.8),
    at(half, 0.5),
  ];
  const under = [at(half * 0.5, -lower * 0.85), at(-half * 0.1, -lower), at(-half * 0.6, -lower * 0.65)];
  const fold = lid.map((_, i) =>
    at(half * (i / 2 - 1) * 1.02, [1, upper * 0.8 + 4, upper + 4.5, upper * 0.85 + 4.5, 3][i]!),
  );
  const shape = closedCurve([...lid, ...under]);
  const id = side < 0 ? 'eye-left' : 'eye-right';
  const [x, y] = at(side * circumstances.gaze, 0);
  const ball =
    fill(shape, [238, 234, 230]) +
    fill(disc([x, y], mm(t.irisSize)), darker(iris, 0.35)) +
    fill(disc([x, y], mm(t.irisSize * 0.8)), lighter(iris, 0.06)) +
    fill(disc([x, y], mm(t.irisSize * 0.46)), [12, 9, 9]) +
    stroke(openCurve(lid), BLACK, mm(4), 0.22) +
    fill(disc([x - mm(2.2), y - mm(2.4)], mm(1.3)), WHITE, 0.9);
  const open = circumstances.eyesClosed < 0.95;
  const lash = mix(identity.hair, [20, 14, 12], 0.75);
  return (
    (open
      ? `<clipPath id="${id}"><path d="${shape}"/></clipPath><g clip-path="url(#${id})">${ball}</g>`
      : fill(shape, darker(skin, 0.1))) +
    soft(at(-half - 2, -1), mm(4), mm(3), 'flush', 0.7) +
    stroke(
      openCurve(fold),
      darker(mix(skin, [90, 30, 20], 0.3), 0.35),
      mm(1.3),
      Math.min(0.8, Math.max(0.1, t.lidFold)),
    ) +
    stroke(openCurve(open ? lid : [at(-half, -1.5), at(0, -lower), at(half, 0)]), lash, mm(2)) +
    stroke(openCurve([lid[4]!, ...under, lid[0]!]), darker(skin, 0.45), mm(0.9), 0.6)
  );
}

export function brows(scene: Scene): string {
  return brow(scene, -1) + brow(scene, 1);
}

/** A band that tapers outwards, arched in its outer third. */
function brow({ identity, circumstances, pose }: Scene, side: number): string {
  const t = identity.traits;
  const tilt = Math.tan((t.browTilt * Math.PI) / 180);
  const height = t.browHeight + circumstances.browRaise;
  const thickness = Math.max(1.5, t.browThickness);
  const at = (share: number, above: number): Point => {
    const u = (share - 0.42) * t.browLength;
    const arch = t.browArch * (1 - ((share - 0.62) / 0.62) ** 2);
    return pose.on(side * (t.eyeDistance / 2 + u), -(height + u * tilt + arch + above), 2);
  };
  const top = [at(0, thickness * 0.35), at(0.3, thickness * 0.5), at(0.65, thickness * 0.42), at(1, 0)];
  const bottom = [at(0.65, -thickness * 0.3), at(0.3, -thickness * 0.5), at(0, -thickness * 0.45)];
  return fill(
    closedCurve([...top, ...bottom]),
    darker(mix(identity.hair, identity.skin, 0.08), Math.min(0.8, Math.max(0, t.browTone))),
    0.88,
  );
}
