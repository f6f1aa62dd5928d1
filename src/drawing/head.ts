import { closedCurve } from './curve';
import type { HeadPlace } from './pose';
import type { Scene } from './scene';

/** Path of the silhouette of skull and jaw. */
export function headOutline({ identity, circumstances, pose }: Scene): string {
  const t = identity.traits;
  const width = t.faceWidth;
  const chin = t.chinLength + circumstances.mouthOpen * 0.6;
  const right: readonly HeadPlace[] = [
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
  const left = right.map(([x, y, z]): HeadPlace => [-x, y, z]).reverse();
  const middle: HeadPlace = [0, chin, 64];
  return closedCurve([middle, ...right, ...left].map(place => pose.edge(place)));
}
