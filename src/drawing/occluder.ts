import { mix } from './colour';
import { closedCurve, openCurve, type Point } from './curve';
import { darker, fill, stroke, type Scene } from './scene';

/** What lies before the face in this photo. */
export function occluder(scene: Scene): string {
  switch (scene.circumstances.occluder) {
    case 'none':
      return '';
    case 'scarf':
      return scarf(scene);
    case 'hand':
      return hand(scene);
    case 'strand':
      return strand(scene);
  }
}

/** Over chin and often the mouth, with stripes. */
function scarf({ identity, circumstances, pose, size }: Scene): string {
  const [high = 0, tilt = 0, bright = 0] = circumstances.occluderShape;
  const colour = mix(circumstances.cloth, [180, 60, 50], bright);
  const top = identity.traits.noseLength + 14 + 34 * high;
  const line = (down: number): Point[] =>
    [-110, -60, 0, 60, 110].map((x, i) =>
      pose.edge([x, top + down + (tilt - 0.5) * x * 0.2 + [-14, -4, 4, -4, -14][i]!, 40]),
    );
  const body = closedCurve([...line(0), [size * 1.3, size * 1.6], [-size * 0.3, size * 1.6]]);
  const stripes = [12, 30, 48].map(down => stroke(openCurve(line(down)), darker(colour, 0.35), pose.length(4), 0.7));
  return fill(body, colour) + stripes.join('');
}

/** A palm at cheek or chin and fingers that reach into the face. */
function hand({ identity, circumstances, pose }: Scene): string {
  const [where = 0, height = 0, reach = 0, spread = 0] = circumstances.occluderShape;
  const side = where < 0.5 ? -1 : 1;
  const skin = darker(identity.skin, 0.04);
  const y = 35 + 55 * height;
  const at = (x: number, dy: number): Point => pose.edge([side * x, y + dy, 60]);
  const palm = closedCurve([at(52, -14), at(84, -20), at(120, 30), at(125, 150), at(70, 150), at(50, 30)]);
  const fingers = [0, 1, 2, 3].map(i => {
    const path = openCurve([at(68, -8 + i * 13), at(48 - 14 * reach, -14 + i * (12 + 3 * spread))]);
    return stroke(path, darker(skin, 0.35), pose.length(15)) + stroke(path, skin, pose.length(13));
  });
  return fill(palm, darker(skin, 0.08)) + fingers.join('');
}

/** A thick strand of hair across forehead, an eye or a cheek. */
function strand({ identity, circumstances, pose }: Scene): string {
  const [where = 0, width = 0, bend = 0, end = 0] = circumstances.occluderShape;
  const x = (where - 0.5) * 70;
  const side = where < 0.5 ? -1 : 1;
  const place = (dx: number): Point[] => [
    pose.on(x * 0.4 + dx, -identity.traits.foreheadHeight - 12, 8),
    pose.on(x + side * 14 * bend + dx, -25, 8),
    pose.on(x + side * 8 + dx * 0.8, 10, 8),
    pose.on(x + side * (14 + 16 * bend) + dx * 0.2, 25 + 50 * end, 8),
  ];
  const half = 3 + 6 * width;
  return (
    fill(closedCurve([...place(-half), ...place(half).reverse()]), darker(identity.hair, 0.12)) +
    stroke(openCurve(place(0)), darker(identity.hair, 0.5), pose.length(1.2), 0.6)
  );
}
