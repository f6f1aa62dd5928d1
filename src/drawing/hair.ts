import { closedCurve, disc, openCurve, type Point } from './curve';
import { HAIR_SHAPES, type HairShape } from './hair-styles';
import { darker, fill, lighter, soft, stroke, type Scene } from './scene';

/** What falls behind the head, and a bun. Drawn before neck and head. */
export function backHair({ identity, pose }: Scene): string {
  const { traits: t, hair, strands } = identity;
  const shape = HAIR_SHAPES[identity.hairStyle];
  const volume = volumeOf(t.hairVolume, shape);
  const bun = shape.bun
    ? disc(pose.edge([strands[0]! * 16 - 8, -t.crownHeight - 14, -30]), pose.length(20 + 8 * strands[1]!))
    : '';
  if (shape.back === null) return fill(bun, darker(hair, 0.12));
  const half = t.faceWidth + 0.6 * volume;
  const low = shape.back + 12 * (strands[2]! - 0.5);
  const wave = (i: number): number => (strands[i]! - 0.5) * (4 + 2 * shape.bumps);
  const side = (s: number): Point[] => [
    pose.edge([s * half * 0.8, -70, -30]),
    pose.edge([s * (half + wave(3)), -15, -30]),
    pose.edge([s * (half + 5 + wave(4)), low * 0.5, -25]),
    pose.edge([s * (half + wave(5)), low, -20]),
    pose.edge([s * half * 0.7, low + 10, -20]),
  ];
  return fill(closedCurve([...side(-1), ...side(1).reverse()]), darker(hair, 0.3));
}

/** The hair on skull and forehead, its shadow on the skin and a few strands. Drawn after the face. */
export function frontHair(scene: Scene): string {
  const { identity, pose } = scene;
  const { hair } = identity;
  const outer = outerEdge(scene);
  const inner = hairline(scene);
  const shape = closedCurve([...outer, ...inner]);
  const drop = pose.length(3.5);
  const shadow = closedCurve([...outer, ...inner.map(([x, y]): Point => [x, y + drop])]);
  const shine = pose.edge([Math.cos(scene.circumstances.lightFrom) * 25, -identity.traits.crownHeight * 0.86, -10]);
  return (
    fill(shadow, darker(identity.skin, 0.7), 0.3) +
    fill(shape, hair) +
    stroke(strandsOf(outer, inner, 1), lighter(hair, 0.22), pose.length(1.7), 0.5) +
    stroke(strandsOf(outer, inner, 2), darker(hair, 0.45), pose.length(1.7), 0.5) +
    soft(shine, pose.length(38), pose.length(15), 'shine', 0.16)
  );
}

const EDGE_POINTS = 21;

/** From the viewer's left side over the crown to the right. */
function outerEdge({ identity, pose }: Scene): Point[] {
  const { traits: t, strands } = identity;
  const shape = HAIR_SHAPES[identity.hairStyle];
  const volume = volumeOf(t.hairVolume, shape);
  const low = sideEnd(t.sideburn, shape);
  return Array.from({ length: EDGE_POINTS }, (_, i) => {
    const angle = Math.PI * (1 - i / (EDGE_POINTS - 1));
    const [across, up] = [rounded(Math.cos(angle)), Math.sin(angle) ** 0.72];
    const bump = shape.bumps * ((i % 2 === 0 ? -0.5 : 0.5) + strands[i]! - 0.5);
    const half = t.faceWidth * t.foreheadWidth + (0.25 + 0.75 * up) * volume * 0.75 + 1.5 + bump * 0.6;
    return pose.edge([across * half, low - up * (low + t.crownHeight + volume + bump), -12 * up - 2]);
  });
}

/** From the viewer's right side over the forehead to the left. */
function hairline({ identity, pose }: Scene): Point[] {
  const { traits: t, strands } = identity;
  const shape = HAIR_SHAPES[identity.hairStyle];
  const low = sideEnd(t.sideburn, shape);
  // A bald front ends below the outer edge.
  const bare = Math.max(-t.foreheadHeight + shape.hairline, -t.crownHeight * 0.86);
  const full = -t.browHeight - 5;
  const half = t.faceWidth * t.foreheadWidth;
  const sweptTo = t.parting < 0 ? 1 : -1;
  const forehead = [0.8, 0.5, 0.2, -0.1, -0.4, -0.66, -0.84].map((share, i): Point => {
    const rounding = 14 * share ** 2;
    const peak = t.widowsPeak * Math.max(0, 1 - Math.abs(share) * 3);
    const away = (share - t.parting) * sweptTo;
    const covers = shape.fringe + shape.swept * Math.max(-0.3, Math.min(0.55, away * 0.6));
    const jag = (strands[i]! - 0.5) * (3 + 8 * shape.fringe + 0.5 * shape.bumps);
    const y = bare + rounding + peak + (full - bare) * Math.min(0.95, Math.max(0, covers)) + jag;
    return pose.on(share * half, y, 3);
  });
  const temple = (side: number): Point[] => [
    pose.on(side * half * 0.9, low - 4, 2),
    pose.on(side * half * 0.93, Math.min(-14, low - 20), 2),
  ];
  return [...temple(1), ...forehead, ...temple(-1).reverse()];
}

/** Every third strand runs from the outer edge some way to the hairline. */
function strandsOf(outer: readonly Point[], inner: readonly Point[], from: number): string {
  let path = '';
  for (let i = from; i < outer.length; i += 3) {
    const start = outer[i]!;
    const end = inner[Math.round((1 - i / (outer.length - 1)) * (inner.length - 1))]!;
    const between = (share: number, bow: number): Point => [
      start[0] + (end[0] - start[0]) * share + bow * (end[1] - start[1]),
      start[1] + (end[1] - start[1]) * share - bow * (end[0] - start[0]),
    ];
    path += openCurve([between(0.12, 0), between(0.5, i % 2 === 0 ? 0.08 : -0.08), between(0.85, 0)]);
  }
  return path;
}

function volumeOf(volume: number, shape: HairShape): number {
  return Math.max(3, volume) * shape.volume;
}

function sideEnd(sideburn: number, shape: HairShape): number {
  return shape.back === null ? Math.min(28, Math.max(-8, sideburn)) : Math.max(30, shape.back * 0.55);
}

/** Keeps the sides of the head upright: a superellipse. */
function rounded(cosine: number): number {
  return Math.sign(cosine) * Math.abs(cosine) ** 0.56;
}
