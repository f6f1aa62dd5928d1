import { background, backgroundGradient } from './background';
import { beard } from './beard';
import type { Circumstances } from './circumstances';
import type { Point } from './curve';
import { brows } from './brows';
import { bust, ears } from './bust';
import { EYE_DEPTH, eyes } from './eyes';
import { glasses } from './glasses';
import { backHair, frontHair } from './hair';
import { headOutline } from './head';
import type { Identity } from './identity';
import { mouth, mouthCorner } from './mouth';
import { nose } from './nose';
import { occluder } from './occluder';
import { poseOf, type Pose } from './pose';
import { paint, softTones, type Scene } from './scene';
import { relief, skinGradient, skinMarks } from './skin';

export interface Portrait {
  /** A standalone SVG of size x size pixels, without text, so that no font of the machine enters. */
  readonly svg: string;
  /** Viewer-left eye, viewer-right eye, nose, viewer-left mouth corner, viewer-right mouth corner; an integer is a pixel's centre. */
  readonly landmarks: readonly Point[];
}

/** Draws one photo of an identity, before light, blur and noise. */
export function portrait(identity: Identity, circumstances: Circumstances, size: number): Portrait {
  const pose = poseOf(identity.traits, circumstances, size);
  const scene: Scene = { identity, circumstances, pose, size };
  const outline = headOutline(scene);
  const defs = `${softTones(identity.skin)}${skinGradient(scene)}${backgroundGradient(scene)}<clipPath id="head"><path d="${outline}"/></clipPath>`;
  const layers = [
    background(scene),
    backHair(scene),
    bust(scene),
    ears(scene),
    paint(outline, 'skin'),
    // A clip costs time for each element in it: only what would show beside a turned head is clipped.
    `<g clip-path="url(#head)">${relief(scene)}${skinMarks(scene)}${beard(scene)}</g>`,
    mouth(scene),
    eyes(scene),
    brows(scene),
    nose(scene),
    frontHair(scene),
    glasses(scene),
    occluder(scene),
  ];
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><defs>${defs}</defs>${layers.join('')}</svg>`,
    landmarks: landmarksOf(identity, circumstances, pose),
  };
}

function landmarksOf({ traits }: Identity, circumstances: Circumstances, pose: Pose): Point[] {
  const corner = mouthCorner(traits, circumstances);
  const eye = traits.eyeDistance / 2;
  const places = [
    pose.on(-eye, 0, EYE_DEPTH),
    pose.on(eye, 0, EYE_DEPTH),
    pose.on(0, traits.noseLength, traits.noseProtrusion),
    pose.on(-corner.x, corner.y, 4),
    pose.on(corner.x, corner.y, 4),
  ];
  // SVG puts integers on pixel edges, landmark files put them on pixel centres.
  return places.map(([x, y]): Point => [x - 0.5, y - 0.5]);
}
