import { describe, expect, test } from '@jest/globals';
import type { Circumstances } from '../../src/drawing/circumstances';
import type { DomainName } from '../../src/drawing/domains';
import { anyCircumstances } from './helpers';

const COUNT = 300;
const spreadOf = (domain: DomainName, value: (c: Circumstances) => number): number => {
  const values = Array.from({ length: COUNT }, (_, i) => value(anyCircumstances(i, domain)));
  const mean = values.reduce((sum, v) => sum + v, 0) / COUNT;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / COUNT);
};

describe('drawCircumstances()', () => {
  test.each<[string, (c: Circumstances) => number]>([
    ['yaw', c => c.yaw],
    ['pitch', c => c.pitch],
    ['roll', c => c.roll],
    ['scale', c => c.scale],
    ['place', c => c.shiftX],
    ['light', c => c.light],
    ['colour', c => c.gain[0] / c.gain[2]],
    ['smile', c => c.smile],
    ['blur', c => c.blur],
    ['noise', c => c.noise],
  ])('%s varies at least half as much again in the real domain as in the synthetic one', (_, value) => {
    const synthetic = spreadOf('synthetic', value);
    expect(synthetic).toBeGreaterThan(0);
    expect(spreadOf('real', value)).toBeGreaterThan(1.5 * synthetic);
  });

  test('only the real domain has occlusion and glasses, only the synthetic one a pattern', () => {
    const all = (domain: DomainName): Circumstances[] =>
      Array.from({ length: COUNT }, (_, i) => anyCircumstances(i, domain));
    expect(new Set(all('real').map(c => c.occluder))).toEqual(new Set(['none', 'scarf', 'hand', 'strand']));
    expect(new Set(all('synthetic').map(c => c.occluder))).toEqual(new Set(['none']));
    expect(new Set(all('synthetic').map(c => c.glasses))).toEqual(new Set([false]));
    expect(new Set(all('real').map(c => c.grid > 0))).toEqual(new Set([false]));
    expect(new Set(all('synthetic').map(c => c.grid > 0))).toEqual(new Set([true]));
  });
});
