import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../src/kit/math/random';
import {
  basicInterval,
  fewPeople,
  quantile,
  studentQuantile,
  wilson,
} from '../../../src/evaluation/uncertainty/confidence';
import { groupSpread } from '../../../src/evaluation/metrics/group-spread';
import { chiSquareTail, homogeneity } from '../../../src/evaluation/uncertainty/homogeneity';
import { drawSpreads, spreadInterval } from '../../../src/evaluation/uncertainty/spread-uncertainty';
import { resamplePeople } from '../../../src/evaluation/uncertainty/identity-bootstrap';
import { influenceOf } from '../../../src/evaluation/uncertainty/identity-influence';
import { meanOf, stdOf } from '../../../src/evaluation/metrics/mean-std';
import { prepareReplicates } from '../../../src/evaluation/uncertainty/replicate-accuracy';
import { uncertaintyOf, type DecidedGroup, type Uncertainty } from '../../../src/evaluation/uncertainty/uncertainty';
import reference from '../../fixtures/metrics/uncertainty.json';
import { simulateGroup, type Design, type SimulatedModel } from '../../helpers/simulated-people';

describe('influenceOf()', () => {
  test.each(reference.groups)(
    'sums over all pairs of pairs that share a person: $name',
    ({ right, variance, ...pairs }) => {
      expect(influenceOf(pairs, right).variance).toBeCloseTo(variance, 10);
    },
  );

  test('by hand: two people, each in two genuine pairs, and strangers', () => {
    // Worth 25 each (one fold of 4, all of one kind): right 1 1 0 0, mean 1/2, so shares 12.5 12.5 -12.5 -12.5. Person 0 has the first
    // two: 25; person 1 the others: -25. Variance 2 x 625 x 2 / (2 - 1).
    const pairs = { genuine: [1, 1, 1, 1], folds: [0, 0, 0, 0], a: [0, 0, 1, 1], b: [0, 0, 1, 1], people: 2 };
    expect(influenceOf(pairs, [1, 1, 0, 0])).toEqual({ variance: 2500, accuracy: 50 });
    // Nobody twice: 4 x 12.5² x 8 / 7, the variance of a proportion with divisor n (625) but for people / (people - 1).
    const apart = { ...pairs, a: [0, 2, 4, 6], b: [1, 3, 5, 7], people: 8 };
    expect(influenceOf(apart, [1, 1, 0, 0]).variance).toBeCloseTo((625 * 8) / 7, 10);
  });
});

describe('prepareReplicates()', () => {
  test.each(reference.groups)(
    'chooses thresholds on each draw as a brute search does: $name',
    ({ examples, ...group }) => {
      const accuracyOn = prepareReplicates(group);
      for (const { shares, accuracy } of examples)
        expect(accuracyOn(Float64Array.from(shares))).toBeCloseTo(accuracy, 8);
      // The list itself is a draw.
      const own = Float64Array.from(group.folds, () => 100 / group.folds.length);
      expect(accuracyOn(own)).toBeCloseTo(influenceOf({ ...group, a: group.a }, group.right).accuracy, 8);
    },
  );
});

describe('resamplePeople()', () => {
  test('gives a model the same draws wherever it stands among others, and another model other ones', () => {
    const [group] = reference.groups;
    const { people, ...pairs } = group!;
    const other = { ...pairs, distances: pairs.distances.map(distance => distance + 1e-9) };
    const found = resamplePeople({ ...pairs, people }, [pairs, other, pairs], seededRandom(5), 200);
    expect(found[2]!.errors).toEqual(found[0]!.errors);
    expect(found[1]!.errors).not.toEqual(found[0]!.errors);
    expect(resamplePeople({ ...pairs, people }, [other, pairs], seededRandom(5), 200)[1]!.errors).toEqual(
      found[0]!.errors,
    );
  });

  test.each(reference.groups)('is as wide as the bootstrap of NumPy: $name', reference => {
    const { people, variance, varianceAnew, varianceFixed, quantilesAnew, ...pairs } = reference;
    // So many that their chance is small beside that of NumPy's 3,000: at 4,000 the ends vary by a tenth of the spread from seed to seed.
    const [found] = resamplePeople({ ...pairs, people }, [pairs], seededRandom(5), 40_000);
    const wanted = variance * (1 + (varianceAnew / varianceFixed - 1) / 2);
    expect(found!.variance / wanted).toBeGreaterThan(0.9);
    expect(found!.variance / wanted).toBeLessThan(1.1);
    const errors = found!.errors.slice().sort();
    // One more right and one more wrong pair: 2 x (1 / effective pairs)² at 7/8 of Poisson variance, nearly.
    const more = (fewPeople(people) * 100) / found!.effectivePairs;
    const spread = Math.sqrt(wanted * fewPeople(people) ** 2 + 2 * more * more);
    expect(stdOf([...errors], 0) / spread).toBeGreaterThan(0.95);
    expect(stdOf([...errors], 0) / spread).toBeLessThan(1.05);
    // The shape is that of NumPy's draws.
    const scale = spread / Math.sqrt(varianceAnew);
    [0.025, 0.5, 0.975].forEach((share, i) =>
      expect(Math.abs(quantile(errors, share) - scale * quantilesAnew[i]!)).toBeLessThan(0.15 * spread),
    );
  });

  test('takes each person for one independent pair where nobody errs', () => {
    const pairs = { genuine: [1, 1, 0, 0], folds: [0, 1, 0, 1], a: [0, 1, 2, 0], b: [0, 1, 3, 4], people: 5 };
    const model = { distances: [0.1, 0.2, 1.8, 1.9], right: [1, 1, 1, 1] };
    const [found] = resamplePeople(pairs, [model], seededRandom(1), 500);
    // min(4 pairs, 5 people) = 4; (4 + 1) / (4 + 2) right of 6.
    expect(found).toMatchObject({ accuracy: 100, effectivePairs: 4 });
    expect(found!.variance).toBeCloseTo((10_000 * (5 / 6) * (1 / 6)) / 6, 8);
    expect(stdOf([...found!.errors], 0)).toBeGreaterThan(10);
  });
});

describe('confidence', () => {
  test.each(reference.wilson)(
    'wilson() equals the inverted score test: $percentage of $pairs',
    ({ percentage, pairs, interval }) => {
      // So many people that t is normal.
      wilson(percentage, pairs, 1e9).forEach((end, i) => expect(end).toBeCloseTo(interval[i]!, 5));
    },
  );

  test('wilson() of 20 pairs that are all right has a width, and is wider for fewer people', () => {
    expect(wilson(100, 20, 1e9)).toEqual([expect.closeTo(83.887, 2), 100]);
    expect(wilson(100, 20, 20)[0]).toBeLessThan(83);
  });

  test.each(reference.student)(
    'studentQuantile() equals SciPy: $degrees degrees of freedom',
    ({ degrees, quantile: wanted }) => {
      expect(studentQuantile(degrees)).toBeCloseTo(wanted, 3);
    },
  );

  test('quantile() equals np.quantile', () => {
    const sorted = Float64Array.from(reference.quantiles.values).sort();
    [0.025, 0.5, 0.975].forEach((share, i) =>
      expect(quantile(sorted, share)).toBeCloseTo(reference.quantiles.at[i]!, 12),
    );
  });

  test('basicInterval() turns the errors round: an estimate that is mostly too high came from lower truths', () => {
    const errors = Float64Array.from({ length: 41 }, (_, i) => i / 10);
    expect(basicInterval(10, errors)).toEqual([expect.closeTo(10 - 3.9, 9), expect.closeTo(10 - 0.1, 9)]);
  });
});

describe('homogeneity()', () => {
  test.each(reference.chiSquare)('chiSquareTail() equals SciPy: $x, $degrees', ({ x, degrees, tail }) => {
    expect(chiSquareTail(x, degrees)).toBeCloseTo(tail, 10);
  });

  test.each(reference.homogeneity)(
    'equals scipy.stats.chi2_contingency: $right of $pairs',
    ({ pairs, right, ...wanted }) => {
      const groups = pairs.map((n, i) => ({ accuracy: (100 * right[i]!) / n, effectivePairs: n }));
      const found = homogeneity(groups)!;
      expect(found.statistic).toBeCloseTo(wanted.statistic, 8);
      expect(found.p).toBeCloseTo(wanted.p, 10);
      expect(found.degrees).toBe(wanted.degrees);
    },
  );

  test('sees no difference where nobody errs, and has nothing to say of one group', () => {
    const group = { accuracy: 100, effectivePairs: 20 };
    expect(homogeneity([group, group])).toEqual({ statistic: 0, degrees: 1, p: 1 });
    expect(homogeneity([group])).toBeUndefined();
  });
});

const GROUPS = ['A', 'B', 'C', 'D'];
const PAIR: readonly SimulatedModel[] = [
  { separation: 2.2, share: 0.5 },
  { separation: 3.4, share: 0.5 },
];

function simulate(design: Design, models: readonly SimulatedModel[], seed: number, replicates = 150) {
  const groups = GROUPS.map(group => simulateGroup(group, design, models, seed));
  const spreads = models.map((_model, m) =>
    groupSpread(groups.map(({ accuracies }, g) => ({ group: GROUPS[g]!, accuracy: accuracies[m]! }))),
  );
  return {
    groups,
    spreads,
    uncertainty: uncertaintyOf(
      groups.map(({ decided }) => decided),
      spreads,
      replicates,
    ),
  };
}

describe('uncertaintyOf()', () => {
  test.each([
    ['folds share nobody', { people: 200, pairsPerFold: 10, apart: true }],
    ['20 people in all folds', { people: 20, pairsPerFold: 10, apart: false }],
  ] as const)('covers the truth, and finds equal groups equal: %s', (_, design) => {
    const runs = Array.from({ length: 14 }, (_run, seed) => simulate(design, PAIR, seed, 60));
    const truths = [0, 1].map(m =>
      meanOf(runs.flatMap(({ groups }) => groups.map(({ accuracies }) => accuracies[m]!))),
    );
    const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;
    const inside = (interval: readonly [number, number] | null, truth: number) =>
      interval !== null && interval[0] <= truth && truth <= interval[1];
    const single = runs.flatMap(({ uncertainty }) =>
      uncertainty.models.flatMap(({ groups }, m) => groups.map(({ interval }) => inside(interval, truths[m]!))),
    );
    // 112 intervals of 95 %, two by two related; seeded, so no chance enters when the test runs.
    expect(share(single)).toBeGreaterThan(0.91);
    expect(share(single)).toBeLessThan(1);
    const paired = runs.flatMap(({ uncertainty }) =>
      GROUPS.map(group => inside(uncertainty.accuracyDifference(group, 0, 1).interval, truths[0]! - truths[1]!)),
    );
    expect(share(paired)).toBeGreaterThan(0.9);
    const alarms = runs.flatMap(({ uncertainty }) => uncertainty.models.map(({ homogeneity: test }) => test!.p < 0.05));
    expect(share(alarms)).toBeLessThan(0.11);
    const claims = runs.map(({ uncertainty }) => !inside(uncertainty.spreadDifference('stdDdof0', 0, 1).interval, 0));
    expect(share(claims)).toBeLessThan(0.1);
  });

  test('tests groups for equality at fewer pairs where few people have given the variance', () => {
    const { groups: decided, uncertainty } = simulate({ people: 12, pairsPerFold: 10, apart: false }, [PAIR[0]!], 1);
    const [model] = uncertainty.models;
    // (t / z)² for 11 degrees of freedom: (2.200985 / 1.959964)² = 1.261064.
    const groups = model!.groups.map(({ effectivePairs }) => effectivePairs! / 1.261064);
    const wanted = homogeneity(
      groups.map((effectivePairs, g) => ({ effectivePairs, accuracy: decided[g]!.accuracies[0]! })),
    )!;
    expect(wanted.statistic).toBeGreaterThan(0);
    expect(model!.homogeneity!.statistic / wanted.statistic).toBeCloseTo(1, 3);
  });

  test('draws the same people for both models, so that a difference on few pairs has a narrow interval', () => {
    const { decided } = simulateGroup('A', { people: 100, pairsPerFold: 20, apart: false }, [PAIR[0]!], 3);
    const [model] = decided.models;
    // Every 40th pair is decided the other way.
    const other = { ...model!, right: Array.from(model!.right, (right, i) => (i % 40 === 0 ? 1 - right : right)) };
    const spreads = [0, 1].map(() => groupSpread([{ group: 'A', accuracy: 85 }]));
    const found = uncertaintyOf([{ ...decided, models: [model!, other] }], spreads, 300);
    const width = ([low, high]: readonly [number, number]): number => high - low;
    const [one, two] = found.models.map(({ groups }) => width(groups[0]!.interval!));
    expect(width(found.accuracyDifference('A', 0, 1).interval!)).toBeLessThan(0.6 * Math.hypot(one!, two!));
  });

  test('shows a spread that is there, and that a model is fairer', () => {
    const design = { people: 400, pairsPerFold: 20, apart: true };
    const groups = GROUPS.map((group, g) =>
      simulateGroup(
        group,
        design,
        [
          { separation: 3.4, share: 0.3 },
          { separation: 3.6 - 1 * g, share: 0.3 },
        ],
        8,
      ),
    );
    const spreads = [0, 1].map(m =>
      groupSpread(groups.map(({ accuracies }, g) => ({ group: GROUPS[g]!, accuracy: accuracies[m]! }))),
    );
    const found = uncertaintyOf(
      groups.map(({ decided }) => decided),
      spreads,
      300,
    );
    expect(found.models[0]!.homogeneity!.p).toBeGreaterThan(0.05);
    expect(found.models[0]!.stdDdof0![0]).toBe(0);
    expect(found.models[1]!.homogeneity!.p).toBeLessThan(1e-6);
    expect(found.models[1]!.stdDdof0![0]).toBeGreaterThan(3);
    expect(found.spreadDifference('stdDdof0', 0, 1).interval![1]).toBeLessThan(0);
    expect(found.spreadDifference('ser', 0, 1).interval![1]).toBeLessThan(0);
    expect(found.spreadDifference('stdDdof0', 1, 0).interval![0]).toBeGreaterThan(0);
  });

  test('gives no interval where models decide alike, people are few, or there is no spread', () => {
    const alike = simulate({ people: 40, pairsPerFold: 10, apart: false }, [PAIR[0]!], 1);
    const twice = alike.groups.map(({ decided }): DecidedGroup => ({
      ...decided,
      models: [decided.models[0]!, decided.models[0]!],
    }));
    const both = uncertaintyOf(twice, [alike.spreads[0]!, alike.spreads[0]!], 50);
    const reason = 'both decide every pair alike';
    expect(both.accuracyDifference('A', 0, 1)).toEqual({ interval: null, reason });
    expect(both.meanDifference(0, 1)).toEqual({ interval: null, reason });
    expect(both.spreadDifference('ser', 0, 1)).toEqual({ interval: null, reason });
    const few = simulate({ people: 9, pairsPerFold: 10, apart: false }, PAIR, 1).uncertainty;
    expect(few.models[0]).toMatchObject({ mean: null, stdDdof0: null, ser: null });
    expect(few.models[0]!.groups[0]).toMatchObject({
      interval: null,
      recognises: null,
      reason: 'only 9 people, want at least 10',
    });
    expect(few.accuracyDifference('A', 0, 1)).toMatchObject({
      interval: null,
      reason: expect.stringContaining('only 9'),
    });
    expect(uncertaintyOf([], [{ mean: null, stdDdof0: null, ser: null }]).models[0]).toMatchObject({
      groups: [],
      mean: null,
    });
  });

  test('knows a model that says the same to everybody, and one that guesses, from one that recognises', () => {
    const recognises = ({ models }: Uncertainty): (boolean | null)[] =>
      models.map(({ groups }) => groups[0]!.recognises);
    const { decided, accuracies } = simulateGroup(
      'A',
      { people: 60, pairsPerFold: 30, apart: false },
      [...PAIR, { separation: 0, share: 0 }],
      2,
    );
    const constant = {
      distances: new Float64Array(600).fill(0.5),
      right: Uint8Array.from(decided.pairs.genuine, kind => 1 - kind),
    };
    const models = [...decided.models, constant];
    const spreads = models.map((_, m) => groupSpread([{ group: 'A', accuracy: accuracies[m] ?? 50 }]));
    expect(recognises(uncertaintyOf([{ ...decided, models }], spreads, 100))).toEqual([true, true, false, false]);
  });

  test('gives the same numbers again', () => {
    const design = { people: 30, pairsPerFold: 8, apart: false };
    const all = () => {
      const { uncertainty } = simulate(design, PAIR, 4, 100);
      return [uncertainty.models, uncertainty.meanDifference(0, 1), uncertainty.spreadDifference('ser', 0, 1)];
    };
    expect(all()).toEqual(all());
  });
});

describe('spreadInterval()', () => {
  test('has a width from 0 up where groups of unequal numbers of pairs have no error', () => {
    const random = seededRandom(1, 'errors');
    // Half a pair is 1.35 % in one group and 1.25 % in the other, which is no spread of 0.05 points.
    const groups = [37, 40].map(pairs => ({
      accuracy: 100,
      variance: 49,
      errors: Float64Array.from({ length: 500 }, () => 7 * random.normal()),
      leastError: 50 / pairs,
    }));
    const [low, high] = spreadInterval('stdDdof0', 0, drawSpreads(groups));
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(5);
  });
});
