import type { BiasComparison, ComparedModel } from './compare';
import { standardErrorOf } from './difference';
import type { Report } from './report';

export const json: Report = {
  name: 'json',
  summary: 'Every number of the report, for programs',
  file: 'bias.json',
  render: ({ title, notes, groups, models, effects, gaps }: BiasComparison) =>
    JSON.stringify({ title, notes, groups, models: models.map(describe), effects, gaps }, null, 2) + '\n',
};

// Pair by pair scores stay in the evaluations; here are the numbers that tables and charts are made of.
function describe({ label, role, digest, model, groups, overall, scores }: ComparedModel) {
  return {
    label,
    role,
    evaluation: digest,
    model,
    pairsDigest: scores.pairsDigest,
    groups: groups.map(group => ({ ...group, standardError: standardErrorOf(group.foldAccuracies) })),
    overall,
  };
}
