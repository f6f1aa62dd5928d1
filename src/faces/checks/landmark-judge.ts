import { equalRows, type EqualRows } from './equal-rows';
import { fitReadings, READINGS, residualBuffer, type Residuals } from './landmark-readings';
import type { Landmarks } from '../alignment/template';

/**
 * Residuals below, in pixels of a face of 112, are those of faces that look at the camera: nothing else is tried. (Of 200,000 drawn
 * head poses with noise of 1 px, the largest of 999 in 1000 is 8 px; faces in profile have 13, and no other reading fits them better.)
 */
const FITS = 6;
/**
 * What another reading must leave of the residual before a single row is thought to be misread. Measured on drawn head poses with noise
 * of 1.5 px, 200,000 of each kind: no right row in 100,000 is taken for a wrong one (of faces all in profile with 2.5 px: 6 in 10,000),
 * and of rows in a wrong order of the likely ones 999 in 1000 are found where people face the camera, 9 in 10 among all poses.
 */
const LIKELY = 0.6;
const UNLIKELY = 0.4;
const SHARE = Float64Array.from(READINGS, ({ isLikely }) => (isLikely ? LIKELY : UNLIKELY));
/** The same for most rows of a group, where chance has no say. */
const GROUP = 0.7;
const MOST = 0.6;
/** Share of a group's rows that may be odd. Chance gives 0.001. */
const FEW = 0.1;
/** Residuals in histograms of 0.1 px; the largest possible is 23.3. */
const BINS = 256;
/** Rows after which a group of mistakes is refused before its end. */
const EARLY = 256;
/** No faces have such a median, not even all in profile. */
const NO_FACES = 16;
/** Below it a row shows how the face is turned. */
const TURNS_TELL = 15;
/** Faces are nearly alike on both sides: mirrored they fit as well, to this many pixels. */
const NEAR = 1;
const OTHERS = READINGS.map((_, r) => r).slice(1);
/** A median above it is no group of faces as they are photographed, whatever the order of the points. */
const STRANGE = 14.5;

/** A row that another reading fits far better, or that has the face upside down. */
export interface OddRow {
  readonly residual: number;
  readonly reading: string;
  readonly residualThen: number;
}

export interface GroupFindings {
  readonly rows: number;
  readonly odd: number;
  /** Median residual as read, in pixels of a face of 112. */
  readonly median: number;
  /** Why the group must not be used, in words. */
  readonly mistake?: string;
  /** What should be known of it. */
  readonly remark?: string;
}

export interface LandmarkJudge {
  /** Takes a row of a group; returns what is odd about it alone. The size is that of the decoded photograph, where it was. */
  add(
    group: string,
    points: Landmarks,
    image?: { readonly width: number; readonly height: number },
  ): OddRow | undefined;
  /** After enough rows of a group, when nearly all are wrong: the mistake that `findings` will give at the end. */
  earlyMistake(group: string): string | undefined;
  findings(): ReadonlyMap<string, GroupFindings>;
}

/** Tells by group whether landmarks are in the order that the template has them. A few numbers a group are held. */
export function landmarkJudge(): LandmarkJudge {
  const groups = new Map<string, Tally>();
  const residuals = residualBuffer();
  return {
    add(group, points, image) {
      const tally = groups.get(group) ?? newTally();
      groups.set(group, tally);
      tally.equal.add(points, image);
      if (image !== undefined) place(tally, points, image);
      if (!fitReadings(points, residuals, true)) return undefined;
      const residual = residuals.of[0]!;
      tally.rows++;
      count(tally.histogram(0), residual);
      const misread = residual < FITS ? undefined : readingOf(tally, points, residuals);
      if (misread !== undefined) tally.misread++;
      else if (residual < TURNS_TELL) tally.turns[residuals.turns[0]!]!++;
      if (misread !== undefined) return misread;
      const isUpsideDown = residual < TURNS_TELL && residuals.turns[0] === 2;
      return isUpsideDown ? { residual, reading: 'the face upside down', residualThen: residual } : undefined;
    },
    earlyMistake(group) {
      const tally = groups.get(group);
      return tally?.rows === EARLY && tally.misread > MOST * EARLY ? judged(tally).mistake : undefined;
    },
    findings: () => new Map([...groups].map(([group, tally]) => [group, judged(tally)])),
  };
}

/** The reading that fits a row far better than the first. */
function readingOf(tally: Tally, points: Landmarks, residuals: Residuals): OddRow | undefined {
  fitReadings(points, residuals);
  const residual = residuals.of[0]!;
  const far: number[] = [];
  for (const r of OTHERS) {
    const other = residuals.of[r]!;
    if (other >= GROUP * residual) continue;
    tally.better[r]!++;
    count(tally.histogram(r), other);
    if (residuals.turns[r] === 0) tally.upright[r]!++;
    if (other >= SHARE[r]! * residual) continue;
    tally.farBetter[r]!++;
    far.push(r);
  }
  if (far.length === 0) return undefined;
  const best = bestReading(
    far,
    r => residuals.of[r]!,
    r => Number(residuals.turns[r] === 0),
  );
  return { residual, reading: READINGS[best]!.name, residualThen: residuals.of[best]! };
}

interface Tally {
  rows: number;
  misread: number;
  /** By reading: rows that it fits better, far better, and better with the face upright. */
  readonly better: Uint32Array;
  readonly farBetter: Uint32Array;
  readonly upright: Uint32Array;
  /** By quarter turns: rows that are not misread. */
  readonly turns: Uint32Array;
  readonly equal: EqualRows;
  /** Of rows whose photograph was decoded. */
  placed: number;
  inCorner: number;
  beyond: number;
  /** Of residuals with a reading. */
  readonly histogram: (reading: number) => Uint32Array;
}

function newTally(): Tally {
  const histograms = new Map<number, Uint32Array>();
  const perReading = () => new Uint32Array(READINGS.length);
  return {
    ...{ rows: 0, misread: 0, placed: 0, inCorner: 0, beyond: 0, equal: equalRows() },
    ...{ better: perReading(), farBetter: perReading(), upright: perReading(), turns: new Uint32Array(4) },
    histogram(reading) {
      const found = histograms.get(reading) ?? new Uint32Array(BINS);
      histograms.set(reading, found);
      return found;
    },
  };
}

function judged(tally: Tally): GroupFindings {
  const { rows, misread, turns } = tally;
  const median = medianOf(tally.histogram(0));
  const mistake = orderOf(tally, median) ?? turned(turns, rows) ?? misplacedPoints(tally);
  const strange =
    median > STRANGE
      ? `the median residual is ${median.toFixed(1)} px (of a face of 112), where faces as they are photographed have 2 to 6 px and ` +
        'faces in profile 13: are these the five points of these photographs?'
      : undefined;
  const remark = tally.equal.remark() ?? strange;
  return { rows, odd: misread + turns[2]!, median, ...(mistake && { mistake }), ...(remark && { remark }) };
}

/** Which order or columns would fit, where that is so for too many rows. */
function orderOf({ rows, misread, better, farBetter, upright, histogram }: Tally, median: number): string | undefined {
  const isMost = Math.max(...better) > MOST * rows;
  const counts = isMost ? better : farBetter;
  const most = Math.max(...counts);
  const medians = `median residual ${median.toFixed(1)} px`;
  if (isMost || most > FEW * rows) {
    const often = OTHERS.filter(r => counts[r]! >= 0.9 * most);
    const best = bestReading(
      often,
      r => medianOf(histogram(r)),
      r => upright[r]!,
    );
    const which = counts[best]! > rows / 2 ? 'most rows' : `${counts[best]!} of ${rows} rows`;
    const then = medianOf(histogram(best)).toFixed(1);
    return `${which} would fit with ${READINGS[best]!.name}: ${medians} now, ${then} px for those rows then; order of the columns?`;
  }
  if (misread <= FEW * rows && median <= NO_FACES) return undefined;
  const which = misread > FEW * rows ? `${misread} of ${rows} rows` : 'the rows';
  return `${which} do not lie like faces, and no single other order explains it: ${medians}; order of the columns?`;
}

const TURNS = ['', 'a quarter turn to the left', 'upside down', 'a quarter turn to the right'];

/** A face that leans is a pose; most faces of a group turned by the same quarter are not. */
function turned(turns: Uint32Array, rows: number): string | undefined {
  const quarter = [1, 2, 3].find(turn => turns[turn]! > rows / 2);
  if (quarter === undefined) return undefined;
  return (
    `${turns[quarter]!} of ${rows} faces lie ${TURNS[quarter]!} by their landmarks; order of the columns? Or are the points counted from ` +
    'another corner, or of photographs that were not turned as their EXIF orientation says?'
  );
}

function misplacedPoints({ placed, beyond, inCorner }: Tally): string | undefined {
  if (placed < 4) return undefined;
  const many = beyond > placed / 2 ? beyond : inCorner > 0.9 * placed ? inCorner : 0;
  if (many === 0) return undefined;
  const where = many === beyond ? 'beyond the edges of their photograph' : 'in its upper left quarter';
  return `the points of ${many} of ${placed} rows lie ${where}; are they in pixels of these photographs, or of copies of another size?`;
}

/** Photographs of one size are cut around faces, or hold several: nine in ten faces do not lie in one quarter of them. */
function place(
  tally: Tally,
  points: Landmarks,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const xs = [0, 2, 4, 6, 8].map(i => points[i]! / width);
  const ys = [1, 3, 5, 7, 9].map(i => points[i]! / height);
  const [least, most] = [Math.min(...xs, ...ys), Math.max(...xs, ...ys)];
  tally.placed++;
  if (least < -0.1 || most > 1.1) tally.beyond++;
  if (least >= 0 && most < 0.5) tally.inCorner++;
}

/** The reading with the least residual; among those that come near to it a likely one, then the one that has faces upright. */
function bestReading(
  among: readonly number[],
  residual: (r: number) => number,
  upright: (r: number) => number,
): number {
  const least = Math.min(...among.map(residual));
  const near = among.filter(r => residual(r) <= least + NEAR);
  const likely = near.filter(r => READINGS[r]!.isLikely);
  return (likely.length > 0 ? likely : near).reduce((best, r) => (upright(r) > upright(best) ? r : best));
}

function count(histogram: Uint32Array, residual: number): void {
  histogram[Math.min(BINS - 1, Math.floor(residual * 10))]!++;
}

function medianOf(histogram: Uint32Array): number {
  const half = histogram.reduce((sum, n) => sum + n, 0) / 2;
  let seen = 0;
  return (
    Math.max(
      0,
      histogram.findIndex(n => (seen += n) >= half && seen > 0),
    ) / 10
  );
}
