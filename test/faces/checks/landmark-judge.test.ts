import { describe, expect, test } from '@jest/globals';
import { landmarkJudge, type GroupFindings } from '../../../src/faces/checks/landmark-judge';
import { fitReadings, READINGS, residualBuffer } from '../../../src/faces/checks/landmark-readings';
import { fitSimilarity } from '../../../src/faces/alignment/similarity';
import { arcfaceTemplate } from '../../../src/faces/alignment/template';
import { headPoses, PHOTO_EDGE, type Poses } from '../../helpers/head-poses';

type Row = readonly number[];
const POINTS = [0, 1, 2, 3, 4];
const inOrder =
  (...order: number[]) =>
  (row: Row): number[] =>
    order.flatMap(i => [row[2 * i]!, row[2 * i + 1]!]);
const xs = (row: Row): number[] => POINTS.map(i => row[2 * i]!);
const ys = (row: Row): number[] => POINTS.map(i => row[2 * i + 1]!);
const pairs = (a: Row, b: Row): number[] => POINTS.flatMap(i => [a[i]!, b[i]!]);
const fromFar = (values: Row): number[] => values.map(value => PHOTO_EDGE - value);

/** What a wrong file does to a row, and what must be said of it. */
const MISTAKES: readonly (readonly [string, (row: Row) => number[], RegExp])[] = [
  ['eyes exchanged', inOrder(1, 0, 2, 3, 4), /would fit with the eyes exchanged/],
  ['mouth corners exchanged', inOrder(0, 1, 2, 4, 3), /would fit with the mouth corners exchanged/],
  ['sides of the person', inOrder(1, 0, 2, 4, 3), /would fit with left and right exchanged/],
  ['nose first', inOrder(2, 0, 1, 3, 4), /in the order nose, viewer-left eye, viewer-right eye, viewer-left mouth/],
  ['nose last', inOrder(0, 1, 3, 4, 2), /in the order viewer-left eye, viewer-right eye, .*corner, nose: /],
  ['nose and left eye exchanged', inOrder(2, 1, 0, 3, 4), /in the order nose, viewer-right eye, viewer-left eye, /],
  [
    'nose and right mouth corner exchanged',
    inOrder(0, 1, 4, 3, 2),
    /viewer-right mouth corner, viewer-left mouth corner, nose/,
  ],
  ['x1 … x5 y1 … y5', row => [...xs(row), ...ys(row)], /would fit with the columns x1 … x5 y1 … y5: /],
  ['y1 … y5 x1 … x5', row => [...ys(row), ...xs(row)], /would fit with the columns y1 … y5 x1 … x5: /],
  ['y1 x1 … y5 x5', row => pairs(ys(row), xs(row)), /would fit with the columns y1 x1 … y5 x5: /],
  [
    'x counted from the right',
    row => pairs(fromFar(xs(row)), ys(row)),
    /left and right exchanged .* or x counted from the right/,
  ],
  ['y counted from below', row => pairs(xs(row), fromFar(ys(row))), /would fit with y counted from below: /],
];

const drawn = new Map<Poses, number[][]>();
/** Drawn once; slices of the same. */
const heads = (poses: Poses, count: number): number[][] => {
  const found = drawn.get(poses) ?? headPoses(poses, 600);
  drawn.set(poses, found);
  return found.slice(0, count);
};

const judge = (rows: readonly Row[], image?: { width: number; height: number }): GroupFindings => {
  const judged = landmarkJudge();
  for (const row of rows) judged.add('G', row, image);
  return judged.findings().get('G')!;
};
const PHOTO = { width: PHOTO_EDGE, height: PHOTO_EDGE };

describe('landmarkJudge', () => {
  const all: readonly Poses[] = ['frontal', 'wild', 'profile', 'half in profile', 'looking down'];
  test.each(all)('has nothing to say of faces as they are: %s', poses => {
    const found = judge(headPoses(poses, 2000), PHOTO);
    expect(found.odd).toBeLessThanOrEqual(1);
    expect(found).not.toHaveProperty('mistake');
    expect(found).not.toHaveProperty('remark');
  });

  describe.each(MISTAKES)('%s', (_, change, wanted) => {
    test.each<Poses>(['frontal', 'wild', 'half in profile', 'looking down'])(
      'is found and named in a group: %s',
      poses => {
        const { mistake } = judge(heads(poses, 120).map(change), PHOTO);
        expect(mistake).toMatch(wanted);
        expect(mistake).toMatch(
          /^(most|\d+ of 120) rows would fit with .*: median residual \d+\.\d px now, \d+\.\d px for those rows then; order of the columns\?$/,
        );
      },
    );

    test('is found where it is one row in twenty, and does not condemn the group', () => {
      const rows = heads('frontal', 600).map((row, i) => (i % 20 === 0 ? change(row) : row));
      const judged = landmarkJudge();
      const odd = rows.flatMap((row, i) => (judged.add('G', row) ? [i] : []));
      expect(odd.every(i => i % 20 === 0)).toBe(true);
      expect(odd.length).toBeGreaterThanOrEqual(29);
      expect(judged.findings().get('G')).not.toHaveProperty('mistake');
    });

    test('condemns a group of which it is a quarter, or the only row', () => {
      const rows = heads('frontal', 200);
      expect(judge(rows.map((row, i) => (i % 4 === 0 ? change(row) : row))).mistake).toMatch(
        /^\d+ of 200 rows would fit with/,
      );
      expect(judge([change(Array.from(arcfaceTemplate(112)))]).mistake).toMatch(/order of the columns\?$/);
    });
  });

  test('reports medians before and after, by hand', () => {
    // Eyes exchanged: both lie 35.24 px off in x, which scales the face down; 19.6 px are left, and none read rightly.
    const row = inOrder(1, 0, 2, 3, 4)(Array.from(arcfaceTemplate(112)));
    expect(judge([row, row, row]).mistake).toContain('median residual 19.5 px now, 0.0 px for those rows then');
  });

  test.each([
    ['upside down', (row: Row) => fromFar(row), /faces lie upside down by their landmarks; order of the columns\?/],
    ['a quarter', (row: Row) => pairs(fromFar(ys(row)), xs(row)), /faces lie a quarter turn to the right/],
    ['three quarters', (row: Row) => pairs(ys(row), fromFar(xs(row))), /faces lie a quarter turn to the left/],
  ])('finds a group turned: %s', (_, change, wanted) => {
    for (const poses of all) expect(judge(heads(poses, 120).map(change)).mistake).toMatch(wanted);
  });

  test('lists a face upside down, and lets some faces lie', () => {
    const rows = headPoses('frontal', 100);
    expect(judge(rows.map((row, i) => (i < 5 ? fromFar(row) : row)))).toMatchObject({ odd: 5, rows: 100 });
    const lying = judge(rows.map((row, i) => (i < 30 ? pairs(ys(row), fromFar(xs(row))) : row)));
    expect(lying).toMatchObject({ odd: 0 });
    expect(lying).not.toHaveProperty('mistake');
  });

  test('finds points of a copy of another size', () => {
    const rows = headPoses('wild', 60);
    expect(
      judge(
        rows.map(row => row.map(value => value * 0.28)),
        PHOTO,
      ).mistake,
    ).toMatch(/60 of 60 rows lie in its upper left quarter/);
    expect(
      judge(
        rows.map(row => row.map(value => value * 2.5)),
        PHOTO,
      ).mistake,
    ).toMatch(/lie beyond the edges of their photograph/);
    expect(
      judge(
        rows.map((row, i) => (i < 30 ? row.map(value => value * 0.28) : row)),
        PHOTO,
      ),
    ).not.toHaveProperty('mistake');
  });

  test('refuses points that are no faces in any order', () => {
    const noise = heads('wild', 300).map(row => row.map((value, i) => (value * 7919 * (i + 1)) % PHOTO_EDGE));
    expect(judge(noise).mistake).toMatch(/no single other order explains it: .*; order of the columns\?$/);
  });

  test('knows early when most rows are wrong, and only then', () => {
    const judged = landmarkJudge();
    const early = headPoses('frontal', 300).map(row => {
      judged.add('A', inOrder(1, 0, 2, 3, 4)(row));
      judged.add('B', row);
      return [judged.earlyMistake('A'), judged.earlyMistake('B')];
    });
    expect(early.findIndex(([wrong]) => wrong !== undefined)).toBe(255);
    expect(early[255]![0]).toMatch(/^most rows would fit with the eyes exchanged/);
    expect(early.every(([, right]) => right === undefined)).toBe(true);
  });

  describe('of equal rows', () => {
    type Sized = readonly [row: Row, image: { width: number; height: number } | undefined];
    const remarkOn = (rows: readonly Sized[]): string | undefined => {
      const judged = landmarkJudge();
      for (const [row, image] of rows) judged.add('G', row, image);
      return judged.findings().get('G')!.remark;
    };
    const [template, other] = [Array.from(arcfaceTemplate(112)), heads('frontal', 1)[0]!];
    const [small, large] = [PHOTO, { width: 2 * PHOTO_EDGE, height: PHOTO_EDGE }];
    const many = (count: number, at: (i: number) => Sized): Sized[] => Array.from({ length: count }, (_, i) => at(i));

    test('reports how many there are where photographs differ in size', () => {
      const told = `although the photographs differ in size (some are of ${PHOTO_EDGE} x ${PHOTO_EDGE} pixels and some of ${2 * PHOTO_EDGE} x ${PHOTO_EDGE})`;
      expect(remarkOn(many(48, i => [other, i % 2 ? large : small]))).toContain(`all 48 rows are equal, ${told}`);
      // Only some photographs are looked at.
      expect(remarkOn(many(48, i => [other, [small, undefined, large, undefined][i % 4]]))).toContain('all 48 rows');
      const single = heads('frontal', 40).map((row): Sized => [row, small]);
      const block = many(6, i => [template, i === 3 ? large : small]);
      expect(remarkOn([...single, ...block, ...single])).toContain(`6 of 86 rows are equal to a neighbour, ${told}`);
    });

    test.each<[string, readonly Sized[]]>([
      ['of faces that were cut out by their landmarks', many(48, () => [template, small])],
      ['of photographs that nobody has looked at', many(48, () => [other, undefined])],
      ['of two or three copies', many(48, i => [heads('frontal', 48)[i - (i % 3)]!, i % 2 ? large : small])],
      ['that come by turns', many(48, i => [i % 2 ? other : template, i % 2 ? large : small])],
    ])('says nothing %s', (_, rows) => expect(remarkOn(rows)).toBeUndefined());
  });

  test('passes over rows that say nothing of a face', () => {
    expect(judge([new Array<number>(10).fill(0), [NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9]]).rows).toBe(0);
  });
});

describe('fitReadings', () => {
  test('has every order of the points, once, and the right one first', () => {
    expect(READINGS[0]!.order).toEqual(POINTS);
    expect(new Set(READINGS.map(({ name }) => name)).size).toBe(READINGS.length);
    expect(READINGS.filter(({ name }) => !/columns|below/.test(name)).length).toBe(120);
  });

  test('gives the residual of fitSimilarity for the points so read', () => {
    const residuals = residualBuffer();
    for (const row of headPoses('wild', 20)) {
      expect(fitReadings(row, residuals)).toBe(true);
      for (const [r, { order, layout }] of READINGS.entries()) {
        if (layout !== READINGS[0]!.layout) continue;
        const fit = fitSimilarity(inOrder(...order)(row), arcfaceTemplate(112), PHOTO, 112);
        if (fit.ok) expect(residuals.of[r]).toBeCloseTo(fit.residual, 9);
        else expect(residuals.of[r]).toBeGreaterThan(15);
      }
    }
  });
});
