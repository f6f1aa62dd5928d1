import { beforeAll, describe, expect, test } from '@jest/globals';
import { photograph } from '../../../src/drawing/photograph';
import { decodeImage } from '../../../src/faces/decoding/decode';
import { isLookedAt, rowJudge } from '../../../src/faces/checks/row-judge';
import { thumbnailOf, type Thumbnail } from '../../../src/faces/alignment/thumbnail';

interface Looked {
  readonly thumbnail: Thumbnail;
  readonly row: readonly number[];
}

/** Two photographs of each of 66 drawn people. */
const drawn: Looked[] = [];
beforeAll(async () => {
  for (let i = 0; i < 132; i++) {
    const sitter = { seed: 5, domain: 'synthetic', group: 'B', name: `s${i >> 1}` } as const;
    const { jpeg, landmarks } = await photograph(sitter, i % 2, 140);
    const row = landmarks.flatMap(point => [...(point as readonly number[])]);
    drawn.push({ thumbnail: thumbnailOf(await decodeImage(jpeg, 'drawn')), row });
  }
});

const judge = (looked: readonly Looked[]): string | undefined => {
  const judged = rowJudge();
  for (const [i, { thumbnail, row }] of looked.entries()) judged.add('G', `photo-${i}`, thumbnail, row);
  const { mistake, remark } = judged.findings().get('G')!;
  return mistake ?? remark;
};
const withNextRow = (looked: readonly Looked[], from = 0): Looked[] =>
  looked.map((one, i) => (i < from ? one : { ...one, row: looked[(i + 2) % looked.length]!.row }));
const times = (factor: number) => (one: Looked) => ({ ...one, row: one.row.map(value => value * factor) });
const turnedOver = ({ thumbnail, row }: Looked): Looked => {
  const { grey, width } = thumbnail;
  const mirrored = Uint8Array.from(grey, (_, i) => grey[i - (i % width) + width - 1 - (i % width)]!);
  return { thumbnail: { ...thumbnail, grey: mirrored }, row };
};

describe('rowJudge', () => {
  test.each([32, 64, 132])('has nothing to say of %d photographs with their rows', count => {
    expect(judge(drawn.slice(0, count))).toBeUndefined();
  });

  test.each([32, 64, 132])('knows rows of other people among %d', count => {
    const mistake = judge(withNextRow(drawn.slice(0, count)));
    expect(mistake).toMatch(
      new RegExp(
        `^aligned by their own rows, ${count} faces look no more alike .*: are these rows of other photographs, or are the photographs negatives or noise\\?$`,
      ),
    );
  });

  test.each([
    [132, 66],
    [60, 20],
  ])(
    'knows rows of other people in the rest of %d photographs from number %d on, and where they are',
    (count, from) => {
      const mistake = judge(withNextRow(drawn.slice(0, count), from));
      const [, first, last] =
        /^between photo-(\d+) and photo-(\d+), .*: are these rows of other photographs, or are these photographs negatives or noise\?$/.exec(
          mistake!,
        )!;
      expect(Number(last)).toBeGreaterThan(from + 16);
      expect(Number(first)).toBeGreaterThanOrEqual(from - 12);
    },
  );

  test.each([
    [2, 132],
    [3, 132],
    [2, 40],
  ])('says that every %d. of %d rows is that of another photograph', (nth, count) => {
    const some = drawn.slice(0, count);
    const said = judge(some.map((one, i) => (i % nth === 1 ? { ...one, row: some[(i + 6) % count]!.row } : one)));
    const share = /^of \d+ faces that were looked at, about (\d+) % fit their own rows no better/.exec(said!)!;
    // What right rows add is up to 26 %.
    expect(Number(share[1])).toBeGreaterThan(100 / nth - 10);
    expect(Number(share[1])).toBeLessThan(100 / nth + 26);
  });

  test('looks at every group, however many there are, and says at how many faces', () => {
    const judged = rowJudge();
    const all = withNextRow(drawn.slice(0, 40));
    for (let group = 0; group < 40; group++) {
      for (const [i, { thumbnail, row }] of (group === 39 ? all : all.slice(0, 5)).entries())
        judged.add(`G${group}`, `photo-${i}`, thumbnail, row);
    }
    expect(judged.findings().get('G0')).toEqual({ lookedAt: 0 });
    expect(judged.findings().get('G39')).toMatchObject({ lookedAt: 40, mistake: expect.any(String) as unknown });
  });

  test('knows photographs that were turned over', () => {
    expect(judge(drawn.map(turnedOver))).toMatch(/they fit \(0\.\d\d\) when the photographs are mirrored/);
  });

  test('knows photographs that are upside down', () => {
    const upsideDown = ({ thumbnail, row }: (typeof drawn)[number]) => ({
      thumbnail: { ...thumbnail, grey: Uint8Array.from(thumbnail.grey).reverse() },
      row,
    });
    expect(judge(drawn.map(upsideDown))).toMatch(/they fit \(0\.\d\d\) when the photographs are turned by 180 degrees/);
  });

  test.each([0.25, 0.5])('knows points of copies of another size: times %d', factor => {
    const wanted = new RegExp(
      `they fit \\(0\\.\\d\\d\\) when multiplied by ${1 / factor};|lies \\d+ px .* copies of another size|rows of other photographs`,
    );
    expect(judge(drawn.map(times(factor)))).toMatch(wanted);
  });

  test.each([
    [0.8, 'right'],
    [1.25, 'left'],
  ])('sees that the mean face lies beside the middle: points times %d', (factor, side) => {
    const mistake = judge(drawn.slice(0, 64).map(times(factor)));
    expect(mistake).toMatch(new RegExp(`lies \\d+ px \\(of a face of 112\\) to the ${side} of|when multiplied by`));
  });

  test('says nothing of few, of plain photographs, and where faces lie alike in all', () => {
    expect(judge(withNextRow(drawn.slice(0, 31)))).toBeUndefined();
    const plain = { grey: new Uint8Array(140 * 140).fill(90), width: 140, height: 140, scale: 1 };
    expect(judge(drawn.slice(0, 40).map(({ row }) => ({ thumbnail: plain, row })))).toBeUndefined();
    const { row } = drawn[0]!;
    expect(judge(drawn.slice(0, 40).map(one => ({ ...one, row })))).toBeUndefined();
  });
});

describe('isLookedAt', () => {
  test('takes all of a small group and about 128 of a large one, whatever the order', () => {
    const digests = Array.from({ length: 4096 }, (_, i) => (i * 2 ** 20).toString(16).padStart(8, '0').padEnd(64, '0'));
    expect(digests.filter(digest => isLookedAt(digest, 128))).toHaveLength(4096);
    expect(digests.filter(digest => isLookedAt(digest, 4096))).toHaveLength(128);
  });
});
