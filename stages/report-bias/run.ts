import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvaluation } from '../../src/data/evaluation';
import { compareModels } from '../../src/reports/compare';
import { otherFaces } from '../../src/reports/remarks';
import { writeReportData } from '../../src/reports/report-data';
import { sameModels } from '../../src/reports/same-model';
import { summariseScores } from '../../src/reports/scores';
import { textTable } from '../../src/reports/text-table';
import { otherTeachers, otherTraining, untoldStudents } from '../../src/reports/training';
import { WRITERS } from '../../src/reports/writers';
import type { ContextOf, Run } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import type { reportBias } from './index';

export const run: Run<typeof reportBias> = context => stageTask(emit => report(context, emit));

async function report(context: ContextOf<typeof reportBias>, emit: Emit): Promise<void> {
  const models = await readModels(context, emit);
  for (const remark of [sameModels, otherTeachers, otherTraining, untoldStudents])
    for (const text of remark(models)) emit({ type: 'log', level: 'warn', text });
  const comparison = compareModels(models, context.options);
  for (const text of otherFaces(comparison)) emit({ type: 'log', level: 'warn', text });
  await writeFile(join(context.folder, 'report.json'), writeReportData(comparison));
  for (const name of WRITERS.names) {
    const { file, render } = WRITERS.members[name];
    await writeFile(join(context.output('report'), file), render(comparison));
  }
  const spreads = models.map(({ label, overall: { mean, stdDdof0, stdDdof1, ser } }) => [
    label,
    { mean, stdDdof0, stdDdof1, ser },
  ]);
  emit({
    type: 'metrics',
    values: { models: Object.fromEntries(spreads) as Record<string, Record<string, number | null>> },
  });
  emit({ type: 'headline', text: textTable(comparison) });
}

async function readModels({ inputs: { evaluations }, signal }: ContextOf<typeof reportBias>, emit: Emit) {
  const models = [];
  for (const { stage, folder, digest } of evaluations) {
    signal.throwIfAborted();
    const evaluation = await readEvaluation(folder, stage);
    models.push({ ...evaluation, stage, digest, scores: await summariseScores(folder, evaluation, stage) });
    emit({ type: 'progress', done: models.length, total: evaluations.length, unit: 'evaluations' });
  }
  return models;
}
