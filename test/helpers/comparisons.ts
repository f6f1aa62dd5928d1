import { compareModels, type BiasComparison } from '../../src/reports/compare';
import { comparedModel, pairsWithErrors } from './evaluations';
import type { Role } from '../../src/data/evaluation';

/** What no text may take for markup, a formula or a new line of a table. */
export const HOSTILE = `<img src=x onerror=y>"'&=1+1,\n<script>`;

const ROLES: readonly Role[] = ['distilled', 'plain', 'teacher'];

interface Shape {
  readonly models?: number;
  readonly groups?: readonly string[];
  /** Pairs of one kind only, so that no group has an accuracy. */
  readonly isWithoutAccuracy?: boolean;
  /** As an evaluation that names no metric. */
  readonly isUnmeasured?: boolean;
  readonly label?: string;
}

function compare({ models = 3, groups = ['A', 'B'], isWithoutAccuracy, isUnmeasured, label = '' }: Shape) {
  const made = ROLES.slice(0, models).map((role, m) => {
    const errors = groups.map((group, g) => [group, new Array<number>(10).fill(1 + m + g)] as const);
    const pairs = pairsWithErrors(Object.fromEntries(errors));
    const some = isWithoutAccuracy ? pairs.filter(({ genuine }) => genuine) : pairs;
    const model = comparedModel({ label: `${label}${role}`, role }, some);
    return isUnmeasured ? { ...model, metrics: [], measurements: [] } : model;
  });
  return compareModels(made, { title: `Title ${label}`, notes: label });
}

/** Comparisons of every shape that a report must bear. */
export const COMPARISONS: Readonly<Record<string, BiasComparison>> = {
  'three models and two groups': compare({}),
  'one model': compare({ models: 1 }),
  'one group': compare({ groups: ['A'] }),
  'one model and one group': compare({ models: 1, groups: ['A'] }),
  'no accuracy': compare({ isWithoutAccuracy: true }),
  'no metric': compare({ isUnmeasured: true }),
  'hostile names': compare({ groups: [HOSTILE, `${HOSTILE} 2`], label: HOSTILE }),
};
