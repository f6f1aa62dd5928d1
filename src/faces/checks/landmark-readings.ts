import { arcfaceTemplate, type Landmarks } from '../alignment/template';

/** Another way to read the ten numbers of a landmark row. */
export interface Reading {
  /** What the file would have, in words that follow "would fit with". */
  readonly name: string;
  readonly layout: Layout;
  /** Which of the file's points is the viewer-left eye, viewer-right eye, nose, viewer-left and viewer-right mouth corner. */
  readonly order: readonly number[];
  /** People write files so; the others are there because a file may have any order. */
  readonly isLikely: boolean;
}

/** Where x1 … x5 and y1 … y5 stand among the ten numbers, and whether y grows downwards (1) or upwards (-1). */
interface Layout {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly down: 1 | -1;
}

const AS_WANTED: Layout = { x: [0, 2, 4, 6, 8], y: [1, 3, 5, 7, 9], down: 1 };
const FIRST_HALF = [0, 1, 2, 3, 4];
const SECOND_HALF = [5, 6, 7, 8, 9];
const COLUMNS: readonly (readonly [string, Layout])[] = [
  ['the columns x1 … x5 y1 … y5', { x: FIRST_HALF, y: SECOND_HALF, down: 1 }],
  ['the columns y1 x1 … y5 x5', { x: AS_WANTED.y, y: AS_WANTED.x, down: 1 }],
  ['the columns y1 … y5 x1 … x5', { x: SECOND_HALF, y: FIRST_HALF, down: 1 }],
  ['y counted from below', { ...AS_WANTED, down: -1 }],
];
const IN_ORDER = [0, 1, 2, 3, 4];
const SIDES = [1, 0, 2, 4, 3];
const NAMES = ['viewer-left eye', 'viewer-right eye', 'nose', 'viewer-left mouth corner', 'viewer-right mouth corner'];
const KNOWN: ReadonlyMap<string, string> = new Map([
  ['1,0,2,3,4', 'the eyes exchanged'],
  ['0,1,2,4,3', 'the mouth corners exchanged'],
  [
    String(SIDES),
    "left and right exchanged (eyes and mouth corners from the person's side instead of the viewer's, or x counted from the right)",
  ],
]);

/** Those, and the nose first or last. */
const LIKELY: ReadonlySet<string> = new Set([...KNOWN.keys(), '1,2,0,3,4', '0,1,4,2,3']);

/** The first is the file as it is read; the others are every order of the points, and other columns with the likely orders. */
export const READINGS: readonly Reading[] = [
  ...permutations(IN_ORDER)
    .sort((a, b) => misplaced(a) - misplaced(b))
    .map(order => ({ name: nameOf(order), layout: AS_WANTED, order, isLikely: LIKELY.has(String(order)) })),
  ...COLUMNS.flatMap(([name, layout]) => [
    { name, layout, order: IN_ORDER, isLikely: true },
    { name: `${name} and ${KNOWN.get(String(SIDES))!}`, layout, order: SIDES, isLikely: true },
  ]),
];

/** RMS distances from the ArcFace template in pixels of a face of 112 px, whatever the size of the faces that are cut. */
export interface Residuals {
  /** By reading. */
  readonly of: Float64Array;
  /** By reading: quarter turns, clockwise, by which a face that is read so must be turned to stand upright: 0 to 3. */
  readonly turns: Uint8Array;
}

const TEMPLATE = centred(arcfaceTemplate(112), AS_WANTED, new Float64Array(10));
const TEMPLATE_SQUARES = squaresOf(TEMPLATE);
const LAYOUTS = [...new Set(READINGS.map(({ layout }) => layout))].map(layout => ({
  layout,
  readings: READINGS.flatMap((reading, r) => (reading.layout === layout ? [{ r, order: reading.order }] : [])),
}));
const AS_READ = [{ layout: AS_WANTED, readings: [{ r: 0, order: IN_ORDER }] }];

export function residualBuffer(): Residuals {
  return { of: new Float64Array(READINGS.length), turns: new Uint8Array(READINGS.length) };
}

// Every row passes here: no memory is asked for.
const at = new Float64Array(10);
const dots = new Float64Array(25);
const crosses = new Float64Array(25);

/**
 * The residual of the similarity fit (see `fitSimilarity`) of every reading, or of the first alone.
 * @returns false, and nothing in `into`, when the points are not finite or coincide
 */
export function fitReadings(points: Landmarks, into: Residuals, onlyFirst = false): boolean {
  if (points.length !== 10 || !points.every(Number.isFinite)) return false;
  for (const { layout, readings } of onlyFirst ? AS_READ : LAYOUTS) {
    const squares = squaresOf(centred(points, layout, at));
    if (!(squares > 1e-12)) {
      if (layout === AS_WANTED) return false;
      for (const { r } of readings) into.of[r] = Infinity;
      continue;
    }
    multiply();
    for (const { r, order } of readings) {
      let dot = 0;
      let cross = 0;
      for (let to = 0; to < 5; to++) {
        const product = 5 * order[to]! + to;
        dot += dots[product]!;
        cross += crosses[product]!;
      }
      into.of[r] = Math.sqrt(Math.max(0, TEMPLATE_SQUARES - (dot * dot + cross * cross) / squares) / 5);
      into.turns[r] = quarterTurns(dot, cross);
    }
  }
  return true;
}

/** Each of the points with each of the template's: every order of the points sums five of these. */
function multiply(): void {
  for (let from = 0; from < 5; from++) {
    const x = at[2 * from]!;
    const y = at[2 * from + 1]!;
    for (let to = 0; to < 5; to++) {
      const u = TEMPLATE[2 * to]!;
      const v = TEMPLATE[2 * to + 1]!;
      dots[5 * from + to] = x * u + y * v;
      crosses[5 * from + to] = x * v - y * u;
    }
  }
}

function quarterTurns(cosine: number, sine: number): number {
  if (Math.abs(cosine) >= Math.abs(sine)) return cosine >= 0 ? 0 : 2;
  return sine > 0 ? 1 : 3;
}

/** The points around their mean, as x1 y1 … x5 y5. */
function centred(points: Landmarks, { x, y, down }: Layout, into: Float64Array): Float64Array {
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < 5; i++) {
    meanX += points[x[i]!]! / 5;
    meanY += points[y[i]!]! / 5;
  }
  for (let i = 0; i < 5; i++) {
    into[2 * i] = points[x[i]!]! - meanX;
    into[2 * i + 1] = down * (points[y[i]!]! - meanY);
  }
  return into;
}

function squaresOf(points: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += points[i]! * points[i]!;
  return sum;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap(first => permutations(items.filter(item => item !== first)).map(rest => [first, ...rest]));
}

function misplaced(order: readonly number[]): number {
  return order.filter((from, to) => from !== to).length;
}

function nameOf(order: readonly number[]): string {
  const inFile = IN_ORDER.map(i => NAMES[order.indexOf(i)]!);
  return KNOWN.get(String(order)) ?? `the points in the order ${inFile.join(', ')}`;
}
