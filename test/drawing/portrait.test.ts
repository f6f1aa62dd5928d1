import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { Circumstances } from '../../src/drawing/circumstances';
import type { Point } from '../../src/drawing/curve';
import type { Identity } from '../../src/drawing/identity';
import { portrait } from '../../src/drawing/portrait';
import { anyCircumstances, plain, somebody } from './helpers';

const SIZE = 400;

/** Brightness 0..255 by pixel, of a drawing. */
async function brightness(identity: Identity, circumstances: Circumstances) {
  const { svg, landmarks } = portrait(identity, circumstances, SIZE);
  const pixels = await sharp(Buffer.from(svg)).flatten().raw().toBuffer();
  const at = ([x, y]: Point): number => {
    const place = 3 * (Math.round(y) * SIZE + Math.round(x));
    return (pixels[place]! + pixels[place + 1]! + pixels[place + 2]!) / 3;
  };
  return { at, landmarks };
}

describe('portrait() landmarks', () => {
  test.each([
    ['a frontal face', plain()],
    ['a turned, lifted and rolled face', plain({ yaw: 20, pitch: -10, roll: 18, shiftX: 9, shiftY: -6, scale: 0.58 })],
  ])('lie on the dark pupils of %s, with the white of the eye around', async (_, circumstances) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const identity = somebody(seed);
      const { at, landmarks } = await brightness(identity, circumstances);
      const [left, right] = landmarks as [Point, Point];
      const pupil = Math.max(at(left), at(right));
      expect(pupil).toBeLessThan(45);
      // Along the line of the eyes, beyond the iris but within the lids: the white is brighter by far.
      const across = (circumstances.roll * Math.PI) / 180;
      const step =
        1.25 *
        identity.traits.irisSize *
        circumstances.scale *
        (SIZE / 200) *
        Math.cos((circumstances.yaw * Math.PI) / 180);
      const white = [-1, 1].map(side =>
        at([left[0] + side * step * Math.cos(across), left[1] + side * step * Math.sin(across)]),
      );
      expect(Math.max(...white)).toBeGreaterThan(pupil + 80);
    }
  });

  test('the mouth corners end the dark line between the lips', async () => {
    const { at, landmarks } = await brightness(somebody(6), plain());
    const [left, right] = landmarks.slice(3) as [Point, Point];
    const share = (s: number): Point => [left[0] + s * (right[0] - left[0]), left[1] + s * (right[1] - left[1])];
    const darkest = (s: number): number =>
      Math.min(...[-3, -2, -1, 0, 1, 2, 3].map(dy => at([share(s)[0], share(s)[1] + dy])));
    const skin = at(share(1.25));
    expect(darkest(0.05)).toBeLessThan(skin - 30);
    expect(darkest(0.95)).toBeLessThan(skin - 30);
    expect(darkest(1.2)).toBeGreaterThan(skin - 20);
  });

  test('come in the order viewer-left eye, viewer-right eye, nose, viewer-left mouth, viewer-right mouth', () => {
    const [leftEye, rightEye, nose, leftMouth, rightMouth] = portrait(somebody(1), plain(), 200).landmarks as [
      Point,
      Point,
      Point,
      Point,
      Point,
    ];
    expect(leftEye[0]).toBeLessThan(nose[0]);
    expect(nose[0]).toBeLessThan(rightEye[0]);
    expect(leftMouth[0]).toBeLessThan(rightMouth[0]);
    expect(leftEye[1]).toBeLessThan(nose[1]);
    expect(nose[1]).toBeLessThan(leftMouth[1]);
  });

  test('a frontal face is symmetric about the middle of the photo, where an integer is the centre of a pixel', () => {
    const [left, right, nose] = portrait(somebody(1), plain(), 200).landmarks as [Point, Point, Point];
    expect((left[0] + right[0]) / 2).toBeCloseTo(99.5, 9);
    expect(nose[0]).toBeCloseTo(99.5, 9);
    expect(right[0] - left[0]).toBeCloseTo(0.65 * somebody(1).traits.eyeDistance, 9);
  });

  test('turning to the right moves the nose further than the eyes: it is nearer', () => {
    const move = (index: number): number =>
      portrait(somebody(1), plain({ yaw: 15 }), 200).landmarks[index]![0] -
      portrait(somebody(1), plain(), 200).landmarks[index]![0];
    expect(move(0)).toBeGreaterThan(5);
    expect(move(2)).toBeGreaterThan(Math.max(move(0), move(1)) + 2);
  });

  test('lie within the photo, whatever the circumstances', () => {
    for (let seed = 0; seed < 500; seed++) {
      for (const [x, y] of portrait(somebody(seed), anyCircumstances(seed), 200).landmarks) {
        expect(Math.min(x, y)).toBeGreaterThan(5);
        expect(Math.max(x, y)).toBeLessThan(194);
      }
    }
  });

  test('scale with the size of the photo', () => {
    const small = portrait(somebody(2), anyCircumstances(2), 200).landmarks;
    const large = portrait(somebody(2), anyCircumstances(2), 400).landmarks;
    small.forEach(([x, y], i) => {
      expect(large[i]![0]).toBeCloseTo(2 * (x + 0.5) - 0.5, 9);
      expect(large[i]![1]).toBeCloseTo(2 * (y + 0.5) - 0.5, 9);
    });
  });
});

describe('portrait() drawing', () => {
  test('has no text, so that no font of the machine enters, and no number that is none', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { svg } = portrait(somebody(seed), anyCircumstances(seed), 200);
      expect(svg).not.toMatch(/<text|NaN|Infinity|undefined/);
    }
  });
});
