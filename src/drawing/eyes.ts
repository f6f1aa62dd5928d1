import { BLACK, mix, WHITE } from './colour';
import { closedCurve, disc, openCurve, type Point } from './curve';
import { darker, fill, lighter, stroke, type Scene } from './scene';

/** How deep the eyeball lies behind the smooth surface, in drawing millimetres. */
export const EYE_DEPTH = -4;

/** Both eyes, part by part: two eyes in one path cost as much time as one. */
export function eyes(scene: Scene): string {
  const { identity, circumstances, pose } = scene;
  const { traits: t, skin, iris } = identity;
  const mm = (length: number): number => pose.length(length);
  const pair = [eyeLines(scene, -1), eyeLines(scene, 1)];
  const both = (path: (eye: EyeLines) => string): string => pair.map(path).join('');
  const shape = both(eye => closedCurve([...eye.lid, ...eye.under]));
  const discs = (radius: number): string => both(eye => disc(eye.pupil, mm(radius)));
  const ball =
    fill(shape, [238, 234, 230]) +
    fill(discs(t.irisSize), darker(iris, 0.35)) +
    fill(discs(t.irisSize * 0.8), lighter(iris, 0.06)) +
    fill(discs(t.irisSize * 0.46), [12, 9, 9]) +
    stroke(
      both(eye => openCurve(eye.lid)),
      BLACK,
      mm(4),
      0.22,
    ) +
    fill(
      both(({ pupil: [x, y] }) => disc([x - mm(2.2), y - mm(2.4)], mm(1.3))),
      WHITE,
      0.9,
    );
  const open = circumstances.eyesClosed < 0.95;
  const line = (of: (eye: EyeLines) => readonly Point[]): string => both(eye => openCurve(of(eye)));
  const foldColour = darker(mix(skin, [90, 30, 20], 0.3), 0.35);
  return (
    (open
      ? `<clipPath id="eyes"><path d="${shape}"/></clipPath><g clip-path="url(#eyes)">${ball}</g>`
      : fill(shape, darker(skin, 0.1))) +
    stroke(
      line(eye => eye.fold),
      foldColour,
      mm(1.3),
      Math.min(0.8, Math.max(0.1, t.lidFold)),
    ) +
    stroke(
      line(eye => (open ? eye.lid : eye.shut)),
      mix(identity.hair, [20, 14, 12], 0.75),
      mm(2),
    ) +
    stroke(
      line(eye => [eye.lid.at(-1)!, ...eye.under, eye.lid[0]!]),
      darker(skin, 0.45),
      mm(0.9),
      0.6,
    )
  );
}

interface EyeLines {
  /** From the inner corner over the upper lid to the outer corner. */
  readonly lid: readonly Point[];
  /** Back along the lower lid, without the corners. */
  readonly under: readonly Point[];
  readonly fold: readonly Point[];
  /** Where the lids meet when closed. */
  readonly shut: readonly Point[];
  readonly pupil: Point;
}

/** `side` -1 is the viewer's left. */
function eyeLines({ identity, circumstances, pose }: Scene, side: number): EyeLines {
  const t = identity.traits;
  const tilt = (t.eyeTilt * Math.PI) / 180;
  // u runs from the middle of the eye outwards, v up.
  const at = (u: number, v: number): Point => {
    const out = u * Math.cos(tilt) - v * Math.sin(tilt);
    const up = u * Math.sin(tilt) + v * Math.cos(tilt);
    return pose.on(side * (t.eyeDistance / 2 + out), -up, EYE_DEPTH);
  };
  const closed = circumstances.eyesClosed;
  const half = t.eyeWidth / 2;
  const upper = t.eyeOpening * (0.6 - 0.9 * closed);
  const lower = t.eyeOpening * 0.42 * (1 - 0.3 * Math.max(0, circumstances.smile));
  return {
    lid: [at(-half, -1.5), at(-half * 0.5, upper * 0.72), at(0, upper), at(half * 0.55, upper * 0.8), at(half, 0.5)],
    under: [at(half * 0.5, -lower * 0.85), at(-half * 0.1, -lower), at(-half * 0.6, -lower * 0.65)],
    fold: [
      at(-half * 1.02, 1),
      at(-half * 0.51, upper * 0.8 + 4),
      at(0, upper + 4.5),
      at(half * 0.51, upper * 0.85 + 4.5),
      at(half * 1.02, 3),
    ],
    shut: [at(-half, -1.5), at(0, -lower), at(half, 0)],
    pupil: at(side * circumstances.gaze, 0),
  };
}
