import { object, text, type TypeOf } from '../../src/kit/options';
import type { Stage } from '../../src/stage';
import { many } from '../../src/stage-inputs';

const options = object('Texts of the report', {
  title: text('Heading of the report', { pattern: '\\S', maxLength: 200, default: 'Bias report' }),
  notes: text('A paragraph for the reader, below the heading', { default: '' }),
});
const inputs = { evaluations: many('evaluation', 'Models that were evaluated on the same pairs') };

/** Compares evaluations of several models over the groups. */
export const reportBias: Stage<TypeOf<typeof options>, typeof inputs> = {
  name: 'report-bias',
  summary: 'Compares models over demographic groups: accuracy, mean, STD, SER, and what distillation changes',
  version: 1,
  options,
  inputs,
  outputs: { report: { type: 'bias-report', summary: 'The numbers of the report: bias.json and bias.csv' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
