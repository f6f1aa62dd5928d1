import type { Difference, Differ, ModelDifference } from './difference';
import type { JudgedModel } from './judge';

/** By column, the place of the model that is shown to be best; undefined where the pairs show none. */
export interface Best {
  readonly groups: readonly (number | undefined)[];
  readonly mean: number | undefined;
  readonly std: number | undefined;
  readonly ser: number | undefined;
}

/**
 * A model is best where the intervals of its differences from all others leave out 0. A teacher is the yardstick, not a competitor;
 * a model that does not recognise in a group takes no part there, nor in the numbers over the groups.
 */
export function findBest(models: readonly JudgedModel[], differ: Differ): Best {
  const students = [...models.keys()].filter(m => models[m]!.role !== 'teacher');
  const best = (
    takesPart: (model: JudgedModel) => boolean,
    pick: (difference: ModelDifference) => Difference,
    better: 1 | -1,
  ): number | undefined => {
    const rivals = students.filter(m => takesPart(models[m]!));
    if (rivals.length < 2) return undefined;
    const isBetter = (a: number, b: number): boolean => {
      const { evidence, value } = pick(differ(models[a]!, models[b]!));
      return evidence && value! * better > 0;
    };
    // The only one that can be better than all is the one that no earlier one is better than: few comparisons are needed.
    const leader = rivals.reduce((first, next) => (isBetter(next, first) ? next : first));
    return rivals.every(other => other === leader || isBetter(leader, other)) ? leader : undefined;
  };
  const recognises = ({ unrecognised }: JudgedModel): boolean => unrecognised.length === 0;
  return {
    groups: models[0]!.groups.map(({ group, accuracy }, i) =>
      accuracy === null
        ? undefined
        : best(
            ({ unrecognised }) => !unrecognised.includes(group),
            ({ groups }) => groups[i]!,
            1,
          ),
    ),
    mean: best(recognises, ({ mean }) => mean, 1),
    std: best(recognises, ({ stdDdof0 }) => stdDdof0, -1),
    ser: best(recognises, ({ ser }) => ser, -1),
  };
}
