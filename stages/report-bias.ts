import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage, StageContext } from '../src/stage';
import { stageTask, type Emit } from '../src/stage-task';

interface ReportOptions {
  readonly title: string;
  readonly notes: string;
}

/** Compares evaluations of several models over the groups. */
export const reportBias: Stage<ReportOptions> = {
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
  inputs: {
    evaluations: { type: 'evaluation', summary: 'Models that were evaluated on the same pairs', many: true },
  },
  outputs: { report: { type: 'bias-report', summary: 'The numbers of the report: bias.json and bias.csv' } },
  run: context => stageTask(emit => report(context, emit)),
};

async function report(context: StageContext<ReportOptions>, emit: Emit): Promise<void> {
  const { compareModels } = await import('../src/reports/compare');
  const { csvReport } = await import('../src/reports/writers/csv');
  const { htmlReport } = await import('../src/reports/writers/html');
  const { jsonReport } = await import('../src/reports/writers/json');
  const { textTable } = await import('../src/reports/writers/text-table');
  const { otherFaces } = await import('../src/reports/remarks');
  const { sameModels } = await import('../src/reports/same-model');
  const { otherTeachers, otherTraining, untoldStudents } = await import('../src/reports/training');
  const models = await readModels(context, emit);
  for (const tell of [sameModels, otherTeachers, otherTraining, untoldStudents])
    for (const text of tell(models)) emit({ type: 'log', level: 'warn', text });
  const comparison = compareModels(models, context.options);
  for (const text of otherFaces(comparison)) emit({ type: 'log', level: 'warn', text });
  await writeFile(join(context.folder, htmlReport.file), htmlReport.render(comparison));
  for (const each of [jsonReport, csvReport]) {
    await writeFile(join(context.output('report'), each.file), each.render(comparison));
  }
  emit({
    type: 'look',
    file: htmlReport.file,
    caption: 'Accuracy, error rates and their spread over the groups, by model',
  });
  const spreads = models.map(({ label, overall: { mean, stdDdof0, stdDdof1, ser } }) => [
    label,
    { mean, stdDdof0, stdDdof1, ser },
  ]);
  emit({
    type: 'metrics',
    values: { models: Object.fromEntries(spreads) as Record<string, Record<string, number | null>> },
  });
  emit({ type: 'headline', text: textTable.render(comparison) });
}

async function readModels({ inputs, signal }: StageContext<ReportOptions>, emit: Emit) {
  const { readEvaluation } = await import('../src/reports/evaluation');
  const { summariseScores } = await import('../src/reports/scores');
  const given = inputs['evaluations'] ?? [];
  const models = [];
  for (const { stage, folder, digest } of given) {
    signal.throwIfAborted();
    const evaluation = await readEvaluation(folder, stage);
    models.push({ ...evaluation, stage, digest, scores: await summariseScores(folder, evaluation, stage) });
    emit({ type: 'progress', done: models.length, total: given.length, unit: 'evaluations' });
  }
  return models;
}
