import type { Stage } from '../../src/stage';
import { many } from '../../src/stage-inputs';

interface ReportOptions {
  readonly title: string;
  readonly notes: string;
}

const inputs = { evaluations: many('evaluation', 'Models that were evaluated on the same pairs') };

/** Compares evaluations of several models over the groups. */
export const reportBias: Stage<ReportOptions, typeof inputs> = {
  name: 'report-bias',
  summary: 'Compares models over demographic groups: accuracy, mean, STD, SER, and what distillation changes',
  version: 1,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      title: {
        type: 'string',
        pattern: '\\S',
        maxLength: 200,
        default: 'Bias report',
        description: 'Heading of the report',
      },
      notes: { type: 'string', default: '', description: 'A paragraph for the reader, below the heading' },
    },
  },
  inputs,
  outputs: { report: { type: 'bias-report', summary: 'The numbers of the report: bias.json and bias.csv' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
