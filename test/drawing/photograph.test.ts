import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { identityOf, photograph, type Sitter } from '../../src/drawing/photograph';

const sitter: Sitter = { seed: 1, domain: 'real', group: 'A', name: 'real-a-train-0001' };

describe('photograph()', () => {
  test('gives equal bytes for equal arguments, alone or among others', async () => {
    const alone = await photograph(sitter, 1, 128);
    const crowd = await Promise.all([3, 2, 1].map(number => photograph(sitter, number, 128)));
    expect(crowd[2]!.jpeg.equals(alone.jpeg)).toBe(true);
    expect(crowd[2]!.landmarks).toEqual(alone.landmarks);
  });

  test.each([
    ['seed', { ...sitter, seed: 2 }, 1],
    ['person', { ...sitter, name: 'real-a-train-0002' }, 1],
    ['number', sitter, 2],
    ['domain', { ...sitter, domain: 'synthetic' as const }, 1],
  ])('another %s gives another photo', async (_, other, number) => {
    const one = await photograph(sitter, 1, 128);
    const two = await photograph(other, number, 128);
    expect(two.jpeg.equals(one.jpeg)).toBe(false);
    expect(two.landmarks).not.toEqual(one.landmarks);
  });

  test('is a JPEG of the wanted size in three channels', async () => {
    const { jpeg } = await photograph(sitter, 1, 160);
    const { format, width, height, channels } = await sharp(jpeg).metadata();
    expect({ format, width, height, channels }).toEqual({ format: 'jpeg', width: 160, height: 160, channels: 3 });
  });
});

describe('identityOf()', () => {
  test('does not depend on the photo, and differs between people', () => {
    expect(identityOf(sitter)).toEqual(identityOf(sitter));
    expect(identityOf(sitter).traits).not.toEqual(identityOf({ ...sitter, name: 'real-a-train-0002' }).traits);
  });
});
