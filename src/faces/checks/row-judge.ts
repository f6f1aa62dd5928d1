import { meanCorrelation, standardFaces, type StandardFaces } from './mean-correlation';
import { meanFaceAxis } from './mean-face-axis';
import { shareOfOthers } from './scattered-rows';
import { fitSimilarity } from '../alignment/similarity';
import { arcfaceTemplate, type Landmarks } from '../alignment/template';
import type { Thumbnail } from '../alignment/thumbnail';

/** Photographs of a group that are looked at, on average: up to 7 MB are held, of one group at a time. */
const SAMPLE = 128;
/** Least number of faces of a group that is judged, and length of the stretches that are judged by themselves. */
const LEAST = 32;
const STEP = 8;
/** With how many other photographs of the group rows are exchanged. */
const EXCHANGES = 11;
/**
 * Where rows of other photographs move faces by less, in pixels of a face of 112, photographs are cut alike around the faces: rows
 * of others do little harm then, and cannot be detected.
 */
const LEAST_MOVE = 6;
/**
 * How far above exchanged rows, in their deviations, own rows must come in a group, and in a stretch of it. Measured on drawn faces of two
 * domains and on 43 photographs of PASCAL VOC, whole and cut around the face, 32 to 128 at a time: right rows 6.2 to 47.5, every 32 of
 * them at least 4.9; rows of the next photograph -2.3 to 2.5. Low, so that right rows are not refused.
 */
const CLEAR = 2;
const CLEAR_IN_PART = 1;
const CERTAIN = 6;
/**
 * From which share on rows count as scattered ones of others: `SCATTERED[0] + SCATTERED[1] / sqrt(faces)`, where rows move faces by so
 * many pixels. Measured on the same faces: right rows at most 0.26 of 128, 0.22 of 64, 0.34 of 32 to 43; with every third row
 * of another photograph at least 0.37, 0.40 and 0.35; with every second 0.54, 0.55 and 0.43.
 */
const SCATTERED = [0.26, 1.1] as const;
const LEAST_MOVE_SCATTERED = 7;
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

/** What a look at the faces of a group shows. */
export interface RowFindings {
  /** Faces that were looked at; 0 where there were too few. */
  readonly lookedAt: number;
  /** Rows that are not those of the photographs, in words. */
  readonly mistake?: string;
  /** What may be so for a reason. */
  readonly remark?: string;
}

/** Judges by group whether landmark rows are those of the photographs beside them, which the rows alone do not show. */
export interface RowJudge {
  /** @param points in pixels of the photograph. Groups come one after the other: what comes of a group later is judged alone. */
  add(group: string, path: string, thumbnail: Thumbnail, points: Landmarks): void;
  findings(): ReadonlyMap<string, RowFindings>;
}

/**
 * Whether a photograph is among those that are examined.
 * @param sha256 of the photograph, hex: chance that does not depend on the order of the work
 * @param photographs of the group
 */
export function isLookedAt(sha256: string, photographs: number): boolean {
  return parseInt(sha256.slice(0, 8), 16) * photographs < SAMPLE * 2 ** 32;
}

export function rowJudge(): RowJudge {
  const groups = new Map<string, RowFindings>();
  let current: { readonly group: string; readonly sample: Sampled[] } | undefined;
  const settle = (): void => {
    if (current === undefined) return;
    const { group, sample } = current;
    const earlier = groups.get(group);
    const found = findingsIn(sample);
    groups.set(group, { ...found, ...earlier, lookedAt: (earlier?.lookedAt ?? 0) + found.lookedAt });
    current = undefined;
  };
  return {
    add(group, path, thumbnail, points) {
      if (current?.group !== group || current.sample.length >= 2 * SAMPLE) settle();
      current ??= { group, sample: [] };
      current.sample.push({ path, thumbnail, row: inThumbnail(points, thumbnail.scale) });
    },
    findings() {
      settle();
      return groups;
    },
  };
}

function findingsIn(sample: readonly Sampled[]): RowFindings {
  if (sample.length < LEAST) return { lookedAt: 0 };
  const faces = exchangedFaces(sample, row => row);
  const mistake = faces && (ofOthers(sample, faces) ?? ofOthersInPart(sample, faces));
  const remark = mistake === undefined ? (besideFaces(sample) ?? (faces && scattered(faces))) : undefined;
  return {
    lookedAt: sample.length,
    ...(mistake !== undefined && { mistake }),
    ...(remark !== undefined && { remark }),
  };
}

function ofOthers(sample: readonly Sampled[], faces: ExchangedFaces): string | undefined {
  const own = comparison(faces);
  if (own === undefined || own.above >= CLEAR) return undefined;
  return (
    `aligned by their own rows, ${sample.length} faces look no more alike than by each other's (mean correlation ` +
    `${own.own.toFixed(2)} and ${own.exchanged.toFixed(2)}): ${whatFits(sample) ?? 'are these rows of other photographs, or are the photographs negatives or noise?'}`
  );
}

/** Photographs turned over or upside down, or copies of another size, where rows fit them clearly. */
function whatFits(sample: readonly Sampled[]): string | undefined {
  const mirrored = changed(sample, (row, { width }) => mirroredIn(row, width));
  if (mirrored !== undefined && mirrored.above >= CERTAIN) {
    return `they fit (${mirrored.own.toFixed(2)}) when the photographs are mirrored; were these turned over after the landmarks were made?`;
  }
  const turned = changed(sample, (row, size) => turnedIn(row, size));
  if (turned !== undefined && turned.above >= CERTAIN) {
    return `they fit (${turned.own.toFixed(2)}) when the photographs are turned by 180 degrees; are these upside down?`;
  }
  const scaled = SCALES.map(scale => ({ scale, found: changed(sample, row => Array.from(row, v => v * scale)) }))
    .filter(({ found }) => found !== undefined && found.above >= CERTAIN)
    .sort((one, other) => other.found!.own - one.found!.own)[0];
  return (
    scaled &&
    `they fit (${scaled.found!.own.toFixed(2)}) when multiplied by ${scaled.scale}; are they in pixels of copies of another size?`
  );
}

/** As a line that is missing in the middle of a file does: the stretch that comes out worst. */
function ofOthersInPart(sample: readonly Sampled[], faces: ExchangedFaces): string | undefined {
  let worst: { readonly some: readonly Sampled[]; readonly found: Comparison } | undefined;
  for (let start = 0; start + LEAST <= sample.length; start += STEP) {
    const some = sample.slice(start, start + LEAST);
    const found = comparison(faces, start, start + LEAST);
    if (found !== undefined && found.above < (worst?.found.above ?? CLEAR_IN_PART)) worst = { some, found };
  }
  if (worst === undefined) return undefined;
  const { some, found } = worst;
  return (
    `between ${some[0]!.path} and ${some.at(-1)!.path}, aligned by their own rows, faces look no more alike than by each other's ` +
    `(mean correlation ${found.own.toFixed(2)} and ${found.exchanged.toFixed(2)}): are these rows of other photographs, or are these photographs negatives or noise?`
  );
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
    'landmarks put it: are they in pixels of copies of another size, or of photographs that were cut otherwise, or do all look to one side?'
  );
}

function scattered({ own, exchanged, move }: ExchangedFaces): string | undefined {
  if (move < LEAST_MOVE_SCATTERED) return undefined;
  const share = shareOfOthers(own, exchanged);
  if (share < SCATTERED[0] + SCATTERED[1] / Math.sqrt(own.count)) return undefined;
  return (
    `of ${own.count} faces that were looked at, about ${Math.round(100 * Math.min(1, share))} % fit their own rows no better than rows ` +
    "of others: are some rows those of other photographs, or some points far beside the faces? See the group's faces in pictures/contact-sheet.jpg and pictures/mean-faces.jpg"
  );
}

interface Comparison {
  /** Mean correlation of the faces by their own rows, and by those of other photographs. */
  readonly own: number;
  readonly exchanged: number;
  /** The difference, in deviations of the exchanges. */
  readonly above: number;
}

type Change = (row: Landmarks, thumbnail: Thumbnail) => Landmarks;

/** Faces by their own rows, and by those of other photographs, each time others. */
interface ExchangedFaces {
  readonly own: StandardFaces;
  readonly exchanged: readonly StandardFaces[];
  /** How far rows of others move a face, in pixels of a face of 112. */
  readonly move: number;
}

/** @param change applied to every row first. Undefined where exchanging rows hardly moves faces. */
function exchangedFaces(sample: readonly Sampled[], change: Change): ExchangedFaces | undefined {
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
  const others = exchanges.map(rowsOf);
  const move = medianMove(thumbnails, own, others.slice(0, 3));
  if (move < LEAST_MOVE) return undefined;
  return { move, own: standardFaces(thumbnails, own), exchanged: others.map(rows => standardFaces(thumbnails, rows)) };
}

/** @param start, end of a stretch of the sample. Undefined for plain photographs, where no row cuts out anything. */
function comparison({ own, exchanged }: ExchangedFaces, start = 0, end = own.count): Comparison | undefined {
  const correlations = exchanged.map(faces => meanCorrelation(faces, start, end));
  const mean = correlations.reduce((sum, value) => sum + value, 0) / EXCHANGES;
  const deviation = Math.sqrt(correlations.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (EXCHANGES - 1));
  if (deviation < 1e-9) return undefined;
  const correlation = meanCorrelation(own, start, end);
  return { own: correlation, exchanged: mean, above: (correlation - mean) / deviation };
}

function changed(sample: readonly Sampled[], change: Change): Comparison | undefined {
  const faces = exchangedFaces(sample, change);
  return faces && comparison(faces);
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

/** x counted from the right, y from below. */
function turnedIn(row: Landmarks, { width, height }: Thumbnail): number[] {
  return Array.from(row, (value, i) => (i % 2 === 0 ? width : height) - 1 - value);
}

/** Integers are centres of pixels, in both sizes. */
function inThumbnail(row: Landmarks, scale: number): number[] {
  return Array.from(row, value => (value + 0.5) * scale - 0.5);
}
