import { seededRandom } from '../../src/kit/math/random';

/** Five points of a head of middling shape, in pixels of a face of 112: x to the right, y down, z towards the camera. */
const HEAD = [
  [-17.6, -20.4, 0],
  [17.6, -20.4, 0],
  [0, 0, 20],
  [-14.6, 20.4, 5],
  [14.6, 20.4, 5],
] as const;

export type Poses = 'frontal' | 'wild' | 'profile' | 'half in profile' | 'looking down';

/** In degrees: how far heads turn and nod. */
const POSES: Readonly<Record<Poses, (normal: () => number, uniform: () => number) => readonly [number, number]>> = {
  frontal: normal => [15 * normal(), 10 * normal()],
  wild: normal => [35 * normal(), 15 * normal()],
  profile: (normal, uniform) => [(uniform() < 0.5 ? -1 : 1) * (55 + 37 * uniform()), 15 * normal()],
  'half in profile': (normal, uniform) =>
    uniform() < 0.5 ? POSES.profile(normal, uniform) : POSES.frontal(normal, uniform),
  'looking down': (normal, uniform) => [30 * normal(), 25 + 25 * uniform()],
};

export const PHOTO_EDGE = 400;

/** Landmarks of drawn heads of different shapes somewhere in photographs of 400 x 400, with noise of 1.5 px (of 112). */
export function headPoses(poses: Poses, count: number): number[][] {
  const random = seededRandom(1, 'heads', poses);
  const uniform = (): number => random.uniform();
  const normal = (): number => random.normal();
  return Array.from({ length: count }, () => {
    const [turn, nod] = POSES[poses](normal, uniform).map(
      degrees => (Math.max(-92, Math.min(92, degrees)) * Math.PI) / 180,
    );
    const [zoom, left, top, lean] = [1 + 2 * uniform(), 120 + 160 * uniform(), 120 + 160 * uniform(), 0.17 * normal()];
    return HEAD.flatMap(point => {
      const [x, y, z] = point.map(value => value * (1 + 0.07 * normal())) as [number, number, number];
      const across = Math.cos(turn!) * x + Math.sin(turn!) * z + 1.5 * normal();
      const depth = Math.cos(turn!) * z - Math.sin(turn!) * x;
      const down = Math.cos(nod!) * y + Math.sin(nod!) * depth + 1.5 * normal();
      const [c, s] = [zoom * Math.cos(lean), zoom * Math.sin(lean)];
      return [left + c * across - s * down, top + s * across + c * down];
    });
  });
}
