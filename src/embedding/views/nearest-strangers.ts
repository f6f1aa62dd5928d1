import type { FaceSet } from '../../data/face-set';
import { faceTiles, type Tiles } from '../../data/tiles';
import { nearestStranger, type SampledFace } from './face-sample';

const PAIRS = 24;

/** Evenly spaced faces of the sample, each beside the stranger who is most like it. */
export async function nearestStrangers(faces: FaceSet, sample: readonly SampledFace[]): Promise<Tiles> {
  const shown = Math.min(PAIRS, sample.length);
  const chosen = Array.from({ length: shown }, (_, i) => sample[Math.floor((i * sample.length) / shown)]!);
  const wanted = chosen.flatMap(one => {
    const nearest = nearestStranger(one, sample);
    if (!nearest) return [];
    return [
      { row: one.face.row, label: `${one.face.group} ${one.face.identity}` },
      { row: nearest.stranger.face.row, label: `cosine ${nearest.cosine.toFixed(2)}: ${nearest.stranger.face.group}` },
    ];
  });
  return { columns: 8, tiles: await faceTiles(faces, wanted) };
}
