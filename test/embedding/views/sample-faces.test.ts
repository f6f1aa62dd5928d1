import { describe, expect, test } from '@jest/globals';
import { chooseFaces } from '../../../src/embedding/views/sample-faces';
import type { FaceRow } from '../../../src/data/face-set';

function* rowsOf(groups: Readonly<Record<string, readonly number[]>>): Generator<FaceRow> {
  let row = 0;
  for (const [group, counts] of Object.entries(groups)) {
    for (const [id, count] of counts.entries()) {
      for (let image = 0; image < count; image++) {
        const identity = `${group}${id}`;
        yield {
          row: row++,
          key: String(row),
          path: `${identity}_${image}`,
          identity,
          group,
          domain: 'real',
          residual: 0,
        };
      }
    }
  }
}

async function* streamed(rows: Iterable<FaceRow>): AsyncGenerator<FaceRow> {
  for (const row of rows) yield await Promise.resolve(row);
}

const choose = (groups: Readonly<Record<string, readonly number[]>>) => chooseFaces(streamed(rowsOf(groups)));
const count = (faces: readonly FaceRow[], by: (face: FaceRow) => string) => {
  const counts: Record<string, number> = {};
  for (const face of faces) counts[by(face)] = (counts[by(face)] ?? 0) + 1;
  return counts;
};

describe('chooseFaces()', () => {
  test('takes 32 people of all groups alike, two faces first and up to two more', async () => {
    const many = new Array<number>(300).fill(5);
    const { first, more } = await choose({ A: many, B: many, C: many, D: many });
    expect(count(first, face => face.group)).toEqual({ A: 16, B: 16, C: 16, D: 16 });
    expect(Object.values(count(first, face => face.identity))).toEqual(new Array(32).fill(2));
    expect(Object.values(count(more, face => face.identity))).toEqual(new Array(32).fill(2));
    expect(new Set([...first, ...more].map(({ row }) => row)).size).toBe(128);
  });

  test('prefers people with several faces, wherever they come', async () => {
    const mostlySingle = Array.from({ length: 500 }, (_, i) => (i % 20 === 19 ? 2 : 1));
    const { first } = await choose({ A: mostlySingle });
    const faces = Object.values(count(first, face => face.identity));
    expect(faces).toHaveLength(32);
    expect(faces.filter(own => own === 2)).toHaveLength(25);
  });

  test('takes everybody of a small set, and nobody of an empty one', async () => {
    expect((await choose({ A: [1], B: [3] })).first).toHaveLength(3);
    expect((await choose({ A: [1], B: [3] })).more).toHaveLength(1);
    expect(await choose({})).toEqual({ first: [], more: [] });
  });

  test('chooses the same people in another order of the rows', async () => {
    const groups = { A: new Array<number>(100).fill(2), B: new Array<number>(100).fill(3) };
    const names = (faces: readonly FaceRow[]): string[] => [...new Set(faces.map(({ identity }) => identity))].sort();
    const forwards = await chooseFaces(streamed(rowsOf(groups)));
    const backwards = await chooseFaces(streamed([...rowsOf(groups)].reverse()));
    expect(names(backwards.first)).toEqual(names(forwards.first));
  });
});
