import sharp from 'sharp';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { GROUP_NAMES, type GroupName } from '../../../src/drawing/groups';
import { photograph } from '../../../src/drawing/photograph';
import { alignFace } from '../../../src/faces/alignment/align';
import { meanFaces } from '../../../src/faces/alignment/mean-faces';
import { oddPictures, type OddPictures } from '../../../src/faces/checks/odd-pictures';
import { arcfaceTemplate } from '../../../src/faces/alignment/template';
import { seededRandom } from '../../../src/kit/math/random';

const SIZE = 112;
const FACES = 20;

type Faces = Partial<Record<GroupName, readonly Uint8Array[]>>;

let right: Required<Faces>;
beforeAll(async () => {
  const groups = GROUP_NAMES.map(async group => [group, await facesOf(group)] as const);
  right = Object.fromEntries(await Promise.all(groups)) as unknown as Required<Faces>;
});

describe('oddPictures', () => {
  test('says nothing of groups whose skin, hair and light differ', () => {
    expect(judged(right).warnings).toEqual([]);
    expect(judged({ B: right.B }).doubts).toEqual({});
  });

  test.each<[string, (face: Uint8Array) => Uint8Array | Promise<Uint8Array>, RegExp]>([
    [
      'red and blue exchanged',
      exchanged,
      /^photographs of group A: red is not the strongest colour of (19|20) of 20 col/,
    ],
    ['red and green exchanged', face => face.map((_, i) => face[i + [1, -1, 0][i % 3]!]!), /red is not the strongest/],
    ['grey', grey, /^photographs of group A: 100 % of the faces have one colour or none, 0 % of those of group B: /],
    ['sepia', sepia, /^photographs of group A: 100 % of the faces have one colour or none/],
    ['red alone', face => face.map((value, i) => (i % 3 === 0 ? value : 0)), /A: 100 % of the faces have one colour/],
    [
      'noise of a dark sensor',
      face => dark(face, 3),
      /^photographs of group A: nothing is to be seen on 20 of 20 faces/,
    ],
    ['all black', face => face.map(() => 0), /A: nothing is to be seen on 20 of 20 faces .* first is that of A0$/],
    [
      '20 px enlarged',
      enlarged,
      /A: they show less detail \(median 0\.2\d\) than those of group [BCD] \((0|1)\.\d\d\)/,
    ],
    [
      'grey negatives',
      face => grey(face).map(value => 255 - value),
      /\(correlation -0\.\d\d\): are these negatives, or/,
    ],
  ])('reports a group whose photographs are %s, and that group alone', async (_, change, text) => {
    const { warnings, doubts } = judged({ ...right, A: await Promise.all(right.A.map(async face => change(face))) });
    expect(warnings).toContainEqual(expect.stringMatching(text));
    expect(warnings.filter(warning => !warning.startsWith('photographs of group A: '))).toEqual([]);
    expect(doubts).toEqual({
      A: warnings.map(warning => warning.replace('photographs of group A: ', 'photographs: ')),
    });
  });

  test.each([
    ['dark', 0.06, 0],
    ['pale', 0.1, 220],
  ])('says nothing of a group in %s photographs, on which faces are to be seen', (_, factor, base) => {
    const A = right.A.map(face => face.map(value => Math.round(base + factor * value)));
    expect(judged({ ...right, A }).warnings).toEqual([]);
  });

  test('reports all groups that are blurred beside one that is not, and those beside a noisy one', async () => {
    const blurred = async (faces: readonly Uint8Array[]) => Promise.all(faces.map(enlarged));
    const three = { A: await blurred(right.A), B: await blurred(right.B), C: await blurred(right.C), D: right.D };
    expect(Object.keys(judged(three).doubts)).toEqual(['A', 'B', 'C']);
    const random = seededRandom(4, 'noise');
    const noisy = right.A.map(face => face.map(value => Math.max(0, Math.min(255, value + random.integer(161) - 80))));
    const { warnings } = judged({ A: noisy, B: right.B });
    expect(warnings).toEqual([expect.stringMatching(/^photographs of group B: .* are the others noisy\?$/)]);
  });

  test('reports a third of a group, but not single faces in odd light', () => {
    const some = (count: number) => judged({ B: right.B.map((face, i) => (i < count ? exchanged(face) : face)) });
    expect(some(6).warnings).toEqual([
      expect.stringMatching(/^photographs of group B: red .* of 6 of 20 coloured faces/),
    ]);
    expect(some(5).warnings).toEqual([]);
  });

  test('reports one black picture in a group of any size', () => {
    const found = judged({ A: right.A, B: [...right.B.slice(0, 3), new Uint8Array(SIZE * SIZE * 3)] });
    expect(found.warnings).toEqual([expect.stringMatching(/group B: nothing is to be seen on 1 of 4 faces .* B3$/)]);
  });

  test('compares groups of at least 16 faces', () => {
    const greyFaces = right.A.map(grey);
    expect(judged({ A: greyFaces.slice(0, 16), B: right.B }).warnings).toHaveLength(1);
    expect(judged({ A: greyFaces.slice(0, 15), B: right.B }).warnings).toEqual([]);
    expect(judged({ A: greyFaces, B: right.B.slice(0, 15) }).warnings).toEqual([]);
  });

  test('counts what it has seen', () => {
    const A = [...right.A.slice(0, 4), grey(right.A[5]!), exchanged(right.A[6]!), dark(right.A[7]!, 7)];
    const seen = recorded({ B: [], A });
    expect(seen.summary()).toEqual({
      A: { faces: 7, blank: 1, monochrome: 1, notRed: 1, detail: expect.closeTo(0.95, 0) as unknown },
    });
    const black = recorded({ A: [new Uint8Array(SIZE * SIZE * 3)] });
    expect(black.summary()).toMatchObject({ A: { blank: 1, detail: null } });
    expect(recorded({}).judge(new Map())).toEqual({ doubts: {}, warnings: [] });
  });
});

function recorded(faces: Faces): OddPictures {
  const odd = oddPictures(SIZE);
  for (const [group, of] of Object.entries(faces))
    of.forEach((face, i) => odd.add({ path: `${group}${i}`, group }, face));
  return odd;
}

function judged(faces: Faces): ReturnType<OddPictures['judge']> {
  const means = meanFaces(SIZE);
  for (const [group, of] of Object.entries(faces)) for (const face of of) means.add(group, face);
  return recorded(faces).judge(means.means());
}

async function facesOf(group: GroupName): Promise<Uint8Array[]> {
  const faces = Array.from({ length: FACES }, async (_, i) => {
    const sitter = { seed: 9, domain: 'real', group, name: `s${i}` } as const;
    const { jpeg, landmarks } = await photograph(sitter, 0, 140);
    const points = landmarks.flatMap(point => [...(point as readonly number[])]);
    const face = await alignFace(jpeg, points, { size: SIZE, template: arcfaceTemplate(SIZE), name: sitter.name });
    if (!face.ok) throw new Error(face.detail);
    return face.pixels;
  });
  return Promise.all(faces);
}

function exchanged(face: Uint8Array): Uint8Array {
  return face.map((_, i) => face[i + [2, 0, -2][i % 3]!]!);
}

function grey(face: Uint8Array): Uint8Array {
  return face.map((_, i) => face[i - (i % 3) + 1]!);
}

function sepia(face: Uint8Array): Uint8Array {
  return grey(face).map((value, i) => [value, 0.85 * value, 0.65 * value][i % 3]!);
}

function dark(face: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed, 'dark');
  return face.map(() => 2 + random.integer(6));
}

async function enlarged(face: Uint8Array): Promise<Uint8Array> {
  const raw = { width: SIZE, height: SIZE, channels: 3 } as const;
  const small = await sharp(face, { raw }).resize(20, 20).raw().toBuffer();
  const large = sharp(small, { raw: { width: 20, height: 20, channels: 3 } }).resize(SIZE, SIZE);
  return new Uint8Array(await large.raw().toBuffer());
}
