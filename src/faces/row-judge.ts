import { meanCorrelation } from './mean-correlation';
import { meanFaceAxis } from './mean-face-axis';
import { fitSimilarity } from './similarity';
import { arcfaceTemplate, type Landmarks } from './template';
import type { Thumbnail } from './thumbnail';

/** Photographs of a group that are looked at, and groups: 3 MB a group are held. */
const SAMPLE = 128;
const GROUPS = 32;
/** Faces are judged where there are so many. */
const LEAST = 32;
/** With how many other photographs of the group rows are exchanged. */
const EXCHANGES = 19;
/**
 * Where rows of other photographs move faces by less, in pixels of a face of 112, photographs are cut alike around the faces: rows
 * of others do little harm then, and cannot be told.
 */
const LEAST_MOVE = 6;
/**
 * How far above exchanged rows, in their deviations, own rows must come. Measured on drawn faces of two domains and on 43 photographs of
 * PASCAL VOC, whole and cut around the face, 32 to 128 at a time: right rows 6 to 30, rows of others -3 to 2, half of them 5 to 9.
 */
const CLEAR = 3;
const CERTAIN = 6;
const SCALES = [0.25, 0.5, 0.64, 0.8, 1.25, 1.5625, 2, 4];
/** The mean face of right rows is symmetric about the middle to 4 px; of copies that are a tenth larger 8 to 10 px off, to 0.85. */
const FAR = 7;
const SYMMETRIC = 0.5;
const MORE_SYMMETRIC = 0.3;

interface Sampled {
  readonly path: string;
  readonly thumbnail: Thumbnail;
  /** In pixels of the thumbnail. */
  readonly row: Landmarks;
}

/** Tells by group whether landmark rows are those of the photographs beside them, which the rows alone do not show. */
export interface RowJudge {
  /** @param points in pixels of the photograph */
  add(group: string, path: string, thumbnail: Thumbnail, points: Landmarks): void;
  /** What is wrong, by group, in words. */
  mistakes(): Map<string, string>;
}

/**
 * Whether a photograph is among those that are looked at.
 * @param sha256 of the photograph, hex: chance that does not depend on the order of the work
 * @param photographs of the group
 */
export function isLookedAt(sha256: string, photographs: number): boolean {
  return parseInt(sha256.slice(0, 8), 16) * photographs < SAMPLE * 2 ** 32;
}

export function rowJudge(): RowJudge {
  const groups = new Map<string, Sampled[]>();
  return {
    add(group, path, thumbnail, points) {
      const sample = groups.get(group) ?? [];
      if (!groups.has(group) && groups.size < GROUPS) groups.set(group, sample);
      if (sample.length >= 2 * SAMPLE) return;
      sample.push({ path, thumbnail, row: inThumbnail(points, thumbnail.scale) });
    },
    mistakes: () =>
      new Map(
        [...groups].flatMap(([group, sample]) => {
          const mistake = mistakeIn(sample);
          return mistake === undefined ? [] : [[group, mistake] as const];
        }),
      ),
  };
}

function mistakeIn(sample: readonly Sampled[]): string | undefined {
  if (sample.length < LEAST) return undefined;
  return ofOthers(sample) ?? ofOthersInPart(sample) ?? besideFaces(sample);
}

function ofOthers(sample: readonly Sampled[]): string | undefined {
  const own = comparison(sample, row => row);
  if (own === undefined || own.above >= CLEAR) return undefined;
  return (
    `aligned by their own rows, ${sample.length} faces look no more alike than by each other's (mean correlation ` +
    `${own.own.toFixed(2)} and ${own.exchanged.toFixed(2)}): ${whatFits(sample) ?? 'are these rows of other photographs?'}`
  );
}

/** Photographs turned over, or copies of another size, where rows fit them clearly. */
function whatFits(sample: readonly Sampled[]): string | undefined {
  const mirrored = comparison(sample, (row, { width }) => mirroredIn(row, width));
  if (mirrored !== undefined && mirrored.above >= CERTAIN) {
    return `they fit (${mirrored.own.toFixed(2)}) when the photographs are mirrored; were these turned over after the landmarks were made?`;
  }
  const scaled = SCALES.map(scale => ({ scale, found: comparison(sample, row => Array.from(row, v => v * scale)) }))
    .filter(({ found }) => found !== undefined && found.above >= CERTAIN)
    .sort((one, other) => other.found!.own - one.found!.own)[0];
  return (
    scaled &&
    `they fit (${scaled.found!.own.toFixed(2)}) when multiplied by ${scaled.scale}; are they in pixels of copies of another size?`
  );
}

/** As a line that is missing in the middle of a file does. */
function ofOthersInPart(sample: readonly Sampled[]): string | undefined {
  const parts = Math.min(4, Math.floor(sample.length / LEAST));
  if (parts < 2) return undefined;
  for (let part = 0; part < parts; part++) {
    const some = sample.slice(
      Math.floor((part * sample.length) / parts),
      Math.floor(((part + 1) * sample.length) / parts),
    );
    const own = comparison(some, row => row);
    if (own === undefined || own.above >= CLEAR) continue;
    return (
      `from ${some[0]!.path} to ${some.at(-1)!.path}, aligned by their own rows, faces look no more alike than by each other's ` +
      `(mean correlation ${own.own.toFixed(2)} and ${own.exchanged.toFixed(2)}): are these rows of other photographs?`
    );
  }
  return undefined;
}

function besideFaces(sample: readonly Sampled[]): string | undefined {
  const axis = meanFaceAxis(
    sample.map(({ thumbnail }) => thumbnail),
    sample.map(({ row }) => row),
  );
  if (axis === undefined || Math.abs(axis.shift) < FAR || axis.best < SYMMETRIC) return undefined;
  if (axis.best - axis.middle < MORE_SYMMETRIC) return undefined;
  const side = axis.shift > 0 ? 'right' : 'left';
  return (
    `the mean of ${sample.length} aligned faces lies ${Math.abs(axis.shift)} px (of a face of 112) to the ${side} of where the ` +
    'landmarks put it; are they in pixels of copies of another size, or of photographs that were cut otherwise?'
  );
}

interface Comparison {
  /** Mean correlation of the faces by their own rows, and by those of other photographs. */
  readonly own: number;
  readonly exchanged: number;
  /** The difference, in deviations of the exchanges. */
  readonly above: number;
}

/** @param change what is done to every row first. Undefined where exchanging rows changes hardly anything. */
function comparison(
  sample: readonly Sampled[],
  change: (row: Landmarks, thumbnail: Thumbnail) => Landmarks,
): Comparison | undefined {
  const thumbnails = sample.map(({ thumbnail }) => thumbnail);
  const exchanges = Array.from({ length: EXCHANGES }, (_, k) =>
    Math.max(1, Math.round(((k + 1) * sample.length) / (EXCHANGES + 1))),
  );
  /** Rows are exchanged in pixels of the photographs, as they stand in a file. */
  const rowsOf = (by: number): Landmarks[] =>
    sample.map(({ thumbnail }, i) => {
      const other = sample[(i + by) % sample.length]!;
      return change(inThumbnail(other.row, thumbnail.scale / other.thumbnail.scale), thumbnail);
    });
  const own = rowsOf(0);
  const exchanged = exchanges.map(rowsOf);
  if (medianMove(thumbnails, own, exchanged.slice(0, 3)) < LEAST_MOVE) return undefined;
  const correlations = exchanged.map(rows => meanCorrelation(thumbnails, rows));
  const mean = correlations.reduce((sum, value) => sum + value, 0) / EXCHANGES;
  const deviation = Math.sqrt(correlations.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (EXCHANGES - 1));
  // Plain photographs, where no row cuts out anything.
  if (deviation < 1e-9) return undefined;
  const correlation = meanCorrelation(thumbnails, own);
  return { own: correlation, exchanged: mean, above: (correlation - mean) / deviation };
}

/** How far other rows lie from the own ones: the median of the RMS over five points, in pixels of a face of 112. */
function medianMove(
  thumbnails: readonly Thumbnail[],
  own: readonly Landmarks[],
  exchanged: readonly (readonly Landmarks[])[],
): number {
  const template = arcfaceTemplate(112);
  const moves = own.flatMap((row, i) => {
    const fit = fitSimilarity(row, template, thumbnails[i]!, 112);
    if (!fit.ok) return [];
    return exchanged.map(rows => rmsDistance(row, rows[i]!) * fit.scale);
  });
  return moves.sort((one, other) => one - other)[moves.length >> 1] ?? 0;
}

function rmsDistance(one: Landmarks, other: Landmarks): number {
  return Math.sqrt(Array.from(one).reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0) / 5);
}

/** x counted from the right, and left and right exchanged. */
function mirroredIn(row: Landmarks, width: number): number[] {
  return [1, 0, 2, 4, 3].flatMap(i => [width - 1 - row[2 * i]!, row[2 * i + 1]!]);
}

/** Integers are centres of pixels, in both sizes. */
function inThumbnail(row: Landmarks, scale: number): number[] {
  return Array.from(row, value => (value + 0.5) * scale - 0.5);
}
