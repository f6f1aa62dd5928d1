import { describe, expect, test } from '@jest/globals';
import { DOMAINS, type DomainName } from '../../src/drawing/domains';
import { GROUP_NAMES, GROUPS, HAIR_STYLES, type GroupName } from '../../src/drawing/groups';
import { drawIdentity, strayed, type Identity } from '../../src/drawing/identity';
import { TRAITS, type Trait } from '../../src/drawing/traits';
import { seededRandom } from '../../src/kit/math/random';

const people = (group: GroupName, domain: DomainName, count = 400): Identity[] =>
  Array.from({ length: count }, (_, i) => drawIdentity(GROUPS[group], DOMAINS[domain], seededRandom(i, group, domain)));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map(value => (value - mean(values)) ** 2)));
const trait = (list: readonly Identity[], name: Trait): number[] => list.map(({ traits }) => traits[name]);

describe('drawIdentity()', () => {
  test('spreads a trait about its mean as the table says', () => {
    const widths = trait(people('A', 'real'), 'faceWidth');
    const [centre, spread] = TRAITS.faceWidth;
    // Four standard errors of the mean and of the deviation (400 people; cutting at 2.3 spreads takes 3 % off the deviation).
    expect(Math.abs(mean(widths) - centre)).toBeLessThan((4 * spread) / Math.sqrt(400));
    expect(Math.abs(deviation(widths) / spread - 0.97)).toBeLessThan(4 / Math.sqrt(800));
  });

  test('groups shift the mean by what they say', () => {
    const longer = mean(trait(people('B', 'real'), 'noseLength')) - mean(trait(people('A', 'real'), 'noseLength'));
    expect(longer / TRAITS.noseLength[1]).toBeCloseTo(GROUPS.B.shift.noseLength!, 0);
    expect(longer).toBeLessThan(0);
  });

  test('the synthetic domain keeps people nearer to their group mean', () => {
    const ratio =
      deviation(trait(people('A', 'synthetic'), 'jawWidth')) / deviation(trait(people('A', 'real'), 'jawWidth'));
    expect(ratio).toBeGreaterThan(0.65);
    expect(ratio).toBeLessThan(0.85);
  });

  test('skin is drawn from one palette in every group: its brightness is distributed alike', () => {
    const brightness = GROUP_NAMES.map(group =>
      people(group, 'real').map(({ skin }) => (skin[0] + skin[1] + skin[2]) / 3),
    );
    const overall = brightness.flat();
    for (const values of brightness) {
      expect(Math.abs(mean(values) - mean(overall))).toBeLessThan((4 * deviation(overall)) / Math.sqrt(400));
    }
  });

  test('every hair style has a weight in every group and turns up', () => {
    for (const group of GROUP_NAMES) {
      expect(GROUPS[group].hairStyles).toHaveLength(HAIR_STYLES.length);
      expect(new Set(people(group, 'real').map(({ hairStyle }) => hairStyle)).size).toBe(HAIR_STYLES.length);
    }
  });
});

describe('strayed()', () => {
  const [person] = people('A', 'real', 1) as [Identity];

  test('returns the identity itself in the real domain', () => {
    expect(strayed(person, DOMAINS.real, seededRandom(1))).toBe(person);
  });

  test('moves every trait in the synthetic domain, by the drift on average', () => {
    const moves = Array.from({ length: 400 }, (_, i) => {
      const { traits } = strayed(person, DOMAINS.synthetic, seededRandom(i));
      return (traits.eyeDistance - person.traits.eyeDistance) / TRAITS.eyeDistance[1];
    });
    expect(deviation(moves)).toBeCloseTo(DOMAINS.synthetic.drift, 1);
    expect(new Set(moves).size).toBe(400);
  });
});
