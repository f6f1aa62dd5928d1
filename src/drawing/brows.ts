import { mix } from './colour';
import { closedCurve, type Point } from './curve';
import { darker, fill, type Scene } from './scene';

export function brows(scene: Scene): string {
  const { hair, skin, traits } = scene.identity;
  const colour = darker(mix(hair, skin, 0.08), Math.min(0.8, Math.max(0, traits.browTone)));
  return fill(brow(scene, -1) + brow(scene, 1), colour, 0.88);
}

/** A band that tapers outwards, arched in its outer third. */
function brow({ identity, circumstances, pose }: Scene, side: number): string {
  const t = identity.traits;
  const slope = Math.tan((t.browTilt * Math.PI) / 180);
  const height = t.browHeight + circumstances.browRaise;
  const thick = Math.max(1.5, t.browThickness);
  const at = (share: number, above: number): Point => {
    const u = (share - 0.42) * t.browLength;
    const arch = t.browArch * (1 - ((share - 0.62) / 0.62) ** 2);
    return pose.on(side * (t.eyeDistance / 2 + u), -(height + u * slope + arch + above), 2);
  };
  const top = [at(0, thick * 0.35), at(0.3, thick * 0.5), at(0.65, thick * 0.42), at(1, 0)];
  const bottom = [at(0.65, -thick * 0.3), at(0.3, -thick * 0.5), at(0, -thick * 0.45)];
  return closedCurve([...top, ...bottom]);
}
