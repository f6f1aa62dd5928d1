import { css, mix, type Rgb } from './colour';
import { closedCurve, disc, num, openCurve, polygon, type Point } from './curve';
import type { Place } from './pose';
import { darker, fill, lighter, paint, soft, stroke, type Scene } from './scene';

/** Path of the silhouette of skull and jaw. */
export function headOutline({ identity, circumstances, pose }: Scene): string {
  const t = identity.traits;
  const width = t.faceWidth;
  const chin = t.chinLength + circumstances.mouthOpen * 0.6;
  const right: readonly Place[] = [
    [t.chinWidth * width, chin - 5, 58],
    [((t.chinWidth + t.jawWidth) / 2) * width, chin - 19, 42],
    [t.jawWidth * width, chin - 42, 20],
    [((t.jawWidth + 1.03) / 2) * width, 36, 8],
    [width, 8, 0],
    [t.foreheadWidth * width, -30, 0],
    [t.foreheadWidth * width * 0.95, -62, -8],
    [t.foreheadWidth * width * 0.76, -t.crownHeight * 0.86, -15],
    [t.foreheadWidth * width * 0.4, -t.crownHeight * 0.985, -18],
  ];
  const left = right.map(([x, y, z]): Place => [-x, y, z]).reverse();
  const middle: Place = [0, chin, 64];
  return closedCurve([middle, ...right, ...left].map(place => pose.edge(place)));
}

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

/** The paint of the skin: lighter where the light falls, darker towards the rim. */
export function skinGradient({ identity, circumstances, pose }: Scene): string {
  const { skin, traits } = identity;
  const lean = 12 + 34 * circumstances.light;
  const [x, y] = pose.on(Math.cos(circumstances.lightFrom) * lean, Math.sin(circumstances.lightFrom) * lean + 5);
  const depth = 0.2 + 0.3 * circumstances.light;
  const stop = (offset: number, colour: Rgb): string => `<stop offset="${offset}" stop-color="${css(colour)}"/>`;
  return (
    `<radialGradient id="skin" gradientUnits="userSpaceOnUse" cx="${num(x)}" cy="${num(y)}" r="${num(pose.length(traits.faceWidth * 1.75))}">` +
    stop(0, lighter(skin, 0.1)) +
    stop(0.45, skin) +
    stop(1, darker(mix(skin, [120, 40, 20], 0.15), depth)) +
    `</radialGradient>`
  );
}

/** The skin of the face with what shapes it: sockets, cheeks, folds, marks. Clipped to the silhouette by the caller. */
export function skin(scene: Scene, outline: string): string {
  const { identity, circumstances, pose } = scene;
  const t = identity.traits;
  const mm = (length: number): number => pose.length(length);
  const eye = t.eyeDistance / 2;
  const mouth = t.noseLength + t.lipDistance;
  const detail = circumstances.skinDetail;
  const both = (draw: (side: number) => string): string => draw(-1) + draw(1);
  return (
    paint(outline, 'skin') +
    both(s => soft(pose.on(s * eye, -7), mm(25), mm(16), 'shade', 0.34)) +
    both(s => soft(pose.on(s * (eye + 9), 34), mm(25), mm(18), 'flush', 0.1 + 0.4 * Math.max(0, t.blush))) +
    both(s => soft(pose.on(s * (eye + 12), 22), mm(20), mm(9), 'shine', 0.15 + 0.35 * Math.max(0, t.cheekbone))) +
    both(s =>
      soft(pose.on(s * t.faceWidth * 0.78, 62), mm(18), mm(34), 'shade', 0.1 + 0.35 * Math.max(0, t.cheekbone)),
    ) +
    soft(pose.on(0, -42), mm(34), mm(18), 'shine', 0.3) +
    soft(pose.on(0, mouth + t.lowerLip + 6 + circumstances.mouthOpen), mm(17), mm(6), 'shade', 0.4) +
    soft(pose.on(0, t.chinLength - 12), mm(13), mm(9), 'shine', 0.25) +
    both(s => eyeBag(scene, s, detail)) +
    both(s => cheekFold(scene, s, detail)) +
    marks(scene, detail)
  );
}

function eyeBag({ identity, pose }: Scene, side: number, detail: number): string {
  const t = identity.traits;
  const at = (out: number, y: number): Point => pose.on(side * (t.eyeDistance / 2 + out), y);
  const low = t.eyeOpening * 0.55 + 5;
  return stroke(
    openCurve([at(-12, low - 2), at(0, low + 1), at(11, low - 3)]),
    darker(identity.skin, 0.45),
    pose.length(1.4),
    0.55 * Math.max(0, t.eyeBag) * detail,
  );
}

/** From the wing of the nose to the corner of the mouth; deeper in a smile. */
function cheekFold({ identity, circumstances, pose }: Scene, side: number, detail: number): string {
  const t = identity.traits;
  const mouth = t.noseLength + t.lipDistance;
  const at = (x: number, y: number): Point => pose.on(side * x, y);
  const strength = Math.min(1, Math.max(0, t.cheekFold) + 0.4 * Math.max(0, circumstances.smile));
  const path = openCurve([
    at(t.noseWidth + 3, t.noseLength - 2),
    at(t.noseWidth + 10, t.noseLength + 9),
    at(t.mouthWidth / 2 + 8, mouth - 2),
  ]);
  return stroke(path, darker(identity.skin, 0.45), pose.length(1.8), 0.55 * strength * detail);
}

function marks({ identity, pose }: Scene, detail: number): string {
  const discs = (list: Scene['identity']['moles']): string =>
    list.map(m => disc(pose.on(m.x, m.y), pose.length(m.radius))).join('');
  return (
    fill(discs(identity.freckles), mix(identity.skin, [120, 55, 25], 0.6), 0.65 * detail) +
    fill(discs(identity.moles), mix(identity.skin, [45, 22, 15], 0.8), Math.min(1, 1.3 * detail))
  );
}
