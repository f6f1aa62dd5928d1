/**
 * How often the report's intervals and tests are right, on simulated people: npm run bench:intervals [-- simulations]. Not a test:
 * it takes minutes. "before" is what the report did until it drew people: Student's t over ten folds, and STD <= noise.
 */
import { groupSpread } from '../../src/evaluation/metrics/group-spread';
import { meanOf, stdOf } from '../../src/evaluation/metrics/mean-std';
import { uncertaintyOf, type PairedInterval } from '../../src/evaluation/uncertainty/uncertainty';
import { simulateGroup, type Design, type SimulatedModel } from '../helpers/simulated-people';

const SIMULATIONS = Number(process.argv[2] ?? 200);
const REPLICATES = 200;
const GROUPS = ['A', 'B', 'C', 'D'];

const DESIGNS: Readonly<Record<string, Design>> = {
  'folds share nobody: 600 people, 60 pairs a fold': { people: 600, pairsPerFold: 30, apart: true },
  '60 people in all folds, 60 pairs a fold': { people: 60, pairsPerFold: 30, apart: false },
  '60 people in all folds, 600 pairs a fold': { people: 60, pairsPerFold: 300, apart: false },
  'as RFW: 3000 people, 600 pairs a fold': { people: 3000, pairsPerFold: 300, apart: false },
};
const SHARES = [0, 0.5];
/** The first is weaker; equal groups. */
const MODELS = (share: number): SimulatedModel[] => [
  { separation: 2.2, share },
  { separation: 3.4, share },
];

function simulate(design: Design, models: readonly SimulatedModel[], simulations: number) {
  return Array.from({ length: simulations }, (_, seed) => {
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
        REPLICATES,
      ),
    };
  });
}

const percent = (values: readonly boolean[]): string =>
  ((100 * values.filter(Boolean).length) / values.length).toFixed(1);
const covers = ([low, high]: readonly [number, number], truth: number): boolean => low <= truth && truth <= high;

/** Without an interval nothing is claimed. */
const found = ({ interval }: PairedInterval, truth: number): boolean => interval === null || covers(interval, truth);

for (const [name, design] of Object.entries(DESIGNS)) {
  for (const share of SHARES) {
    const simulations = design.pairsPerFold > 100 ? Math.ceil(SIMULATIONS / 4) : SIMULATIONS;
    const runs = simulate(design, MODELS(share), simulations);
    const truths = [0, 1].map(m =>
      meanOf(runs.flatMap(({ groups }) => groups.map(({ accuracies }) => accuracies[m]!))),
    );
    const single = (m: number) =>
      runs.flatMap(({ uncertainty }) => uncertainty.models[m]!.groups.map(g => covers(g.interval!, truths[m]!)));
    const before = (m: number) =>
      runs.flatMap(({ groups }) =>
        groups.map(({ accuracies, foldAccuracies }) => {
          const half = (2.2622 * stdOf(foldAccuracies[m]! as number[], 1)) / Math.sqrt(10);
          return Math.abs(accuracies[m]! - truths[m]!) <= half;
        }),
      );
    const difference = runs.flatMap(({ uncertainty }) =>
      GROUPS.map(group => found(uncertainty.accuracyDifference(group, 0, 1), truths[0]! - truths[1]!)),
    );
    const unpaired = runs.flatMap(({ groups }) =>
      groups.map(({ accuracies, foldAccuracies }) => {
        const error = Math.hypot(...[0, 1].map(m => stdOf(foldAccuracies[m]! as number[], 1) / Math.sqrt(10)));
        return Math.abs(accuracies[0]! - accuracies[1]! - truths[0]! + truths[1]!) <= 2.1009 * error;
      }),
    );
    const mean = runs.map(({ uncertainty }) => found(uncertainty.meanDifference(0, 1), truths[0]! - truths[1]!));
    const equal = (name: 'stdDdof0' | 'ser') =>
      runs.map(({ uncertainty }) => found(uncertainty.spreadDifference(name, 0, 1), 0));
    const alarm = (m: number) => runs.map(({ uncertainty }) => uncertainty.models[m]!.homogeneity!.p < 0.05);
    const noise = (m: number) =>
      runs.map(({ groups, spreads }) => {
        const errors = groups.map(({ foldAccuracies }) => stdOf(foldAccuracies[m]! as number[], 1) / Math.sqrt(10));
        return spreads[m]!.stdDdof1! > Math.hypot(...errors) / 2;
      });
    const std = (m: number) => runs.map(({ uncertainty }) => covers(uncertainty.models[m]!.stdDdof0!, 0));
    const ser = (m: number) => runs.map(({ uncertainty }) => covers(uncertainty.models[m]!.ser ?? [1, 1], 1));
    const both = (of: (m: number) => boolean[]) => `${percent(of(0))} ${percent(of(1))}`;
    process.stdout.write(
      `${name}, ${share} of a score is of people; accuracies ${truths.map(t => t.toFixed(2)).join(' ')}; ${runs.length} x 4 groups\n` +
        `  accuracy covered: before ${both(before)}, now ${both(single)}\n` +
        `  difference of accuracies: before ${percent(unpaired)}, now ${percent(difference)}; of the mean ${percent(mean)}\n` +
        `  equal spreads found equal: STD ${percent(equal('stdDdof0'))}, SER ${percent(equal('ser'))}; 0 in the interval of STD ${both(std)}, 1 in that of SER ${both(ser)}\n` +
        `  groups are equal, note missing: before ${both(noise)}, now ${both(alarm)}\n`,
    );
  }
}
