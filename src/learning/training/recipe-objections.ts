import type { Objection } from '../../stage';
import type { TermChoice } from './recipe';
import { LOSSES } from '../losses';

/**
 * Why these terms cannot be minimised: `nothing-to-learn` where every weight is 0, `no-embeddings` for each that learns from a teacher without one.
 * @param embeddings how many embedding sets are connected
 */
export function recipeObjections(terms: readonly TermChoice[], embeddings: number): readonly Objection[] {
  if (terms.every(({ weight }) => weight === 0)) return [nothingToLearn(terms)];
  if (embeddings > 0) return [];
  return terms.flatMap(({ loss, weight }, i) =>
    weight > 0 && LOSSES.members[loss].needsTeacher ? [missingTeacher(loss, i)] : [],
  );
}

function nothingToLearn(terms: readonly TermChoice[]): Objection {
  const names = terms.map(({ loss }) => loss).join(', ');
  return {
    option: ['terms'],
    code: 'nothing-to-learn',
    text: `the weight of every term (${names}) is 0, so that nothing would be learnt; set one \`weight\` under \`terms\` above 0`,
  };
}

function missingTeacher(loss: string, index: number): Objection {
  return {
    option: ['terms', index, 'loss'],
    code: 'no-embeddings',
    text:
      `the term ${loss} learns from a teacher, of which no embeddings are connected; connect embed-faces stages under ` +
      '`in: {embeddings: […]}`, or leave the term out of `terms` to train without a teacher',
  };
}
