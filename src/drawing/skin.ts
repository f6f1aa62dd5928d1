import { css, mix, type Rgb } from './colour';
import { disc, num, openCurve, type Point } from './curve';
import type { Mark } from './identity';
import { darker, fill, lighter, soft, stroke, type Scene } from './scene';

/** The paint of the skin: lighter where the light falls, darker towards the rim. */
export function skinGradient({ identity, circumstances, pose }: Scene): string {
  const { skin, traits } = identity;
  const lean = 12 + 34 * circumstances.light;
  const [x, y] = pose.on(Math.cos(circumstances.lightFrom) * lean, Math.sin(circumstances.lightFrom) * lean + 5);
  const depth = 0.2 + 0.3 * circumstances.light;
  const radius = pose.length(traits.faceWidth * 1.75);
  const stop = (offset: number, colour: Rgb): string => `<stop offset="${offset}" stop-color="${css(colour)}"/>`;
  return (
    `<radialGradient id="skin" gradientUnits="userSpaceOnUse" cx="${num(x)}" cy="${num(y)}" r="${num(radius)}">` +
    stop(0, lighter(skin, 0.1)) +
    stop(0.45, skin) +
    stop(1, darker(mix(skin, [120, 40, 20], 0.15), depth)) +
    `</radialGradient>`
  );
}

/** What shapes a face: sockets, cheeks, forehead, chin. Clipped to the silhouette by the caller. */
export function relief({ identity, circumstances, pose }: Scene): string {
  const t = identity.traits;
  const mm = (length: number): number => pose.length(length);
  const eye = t.eyeDistance / 2;
  const mouth = t.noseLength + t.lipDistance;
  const cheekbone = Math.max(0, t.cheekbone);
  const both = (draw: (side: number) => string): string => draw(-1) + draw(1);
  return (
    both(s => soft(pose.on(s * eye, -7), mm(25), mm(16), 'shade', 0.34)) +
    both(s => soft(pose.on(s * (eye + 9), 34), mm(25), mm(18), 'flush', 0.1 + 0.4 * Math.max(0, t.blush))) +
    both(s => soft(pose.on(s * (eye + 12), 22), mm(20), mm(9), 'shine', 0.15 + 0.35 * cheekbone)) +
    both(s => soft(pose.on(s * t.faceWidth * 0.78, 62), mm(18), mm(34), 'shade', 0.1 + 0.35 * cheekbone)) +
    soft(pose.on(0, -42), mm(34), mm(18), 'shine', 0.3) +
    soft(pose.on(0, mouth + t.lowerLip + 6 + circumstances.mouthOpen), mm(17), mm(6), 'shade', 0.4) +
    soft(pose.on(0, t.chinLength - 12), mm(13), mm(9), 'shine', 0.25)
  );
}

/** Bags, folds, freckles and moles. */
export function skinMarks(scene: Scene): string {
  const { identity, circumstances, pose } = scene;
  const t = identity.traits;
  const detail = circumstances.skinDetail;
  const line = darker(identity.skin, 0.45);
  const discs = (marks: readonly Mark[]): string =>
    marks.map(mark => disc(pose.on(mark.x, mark.y), pose.length(mark.radius))).join('');
  const bag = 0.55 * Math.max(0, t.eyeBag) * detail;
  const fold = 0.55 * Math.min(1, Math.max(0, t.cheekFold) + 0.4 * Math.max(0, circumstances.smile)) * detail;
  return (
    stroke(eyeBag(scene, -1) + eyeBag(scene, 1), line, pose.length(1.4), bag) +
    stroke(cheekFold(scene, -1) + cheekFold(scene, 1), line, pose.length(1.8), fold) +
    fill(discs(identity.freckles), mix(identity.skin, [120, 55, 25], 0.6), 0.65 * detail) +
    fill(discs(identity.moles), mix(identity.skin, [45, 22, 15], 0.8), Math.min(1, 1.3 * detail))
  );
}

function eyeBag({ identity, pose }: Scene, side: number): string {
  const t = identity.traits;
  const at = (out: number, y: number): Point => pose.on(side * (t.eyeDistance / 2 + out), y);
  const low = t.eyeOpening * 0.55 + 5;
  return openCurve([at(-12, low - 2), at(0, low + 1), at(11, low - 3)]);
}

/** From the wing of the nose to the corner of the mouth. */
function cheekFold({ identity, pose }: Scene, side: number): string {
  const t = identity.traits;
  const at = (x: number, y: number): Point => pose.on(side * x, y);
  return openCurve([
    at(t.noseWidth + 3, t.noseLength - 2),
    at(t.noseWidth + 10, t.noseLength + 9),
    at(t.mouthWidth / 2 + 8, t.noseLength + t.lipDistance - 2),
  ]);
}
