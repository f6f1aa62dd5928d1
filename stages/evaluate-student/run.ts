import { openFaceSet } from '../../src/data/face-set';
import { readPairs } from '../../src/data/pair-list';
import { aboutRecogniser, describeRecogniser } from '../../src/embedding/recogniser/describe-recogniser';
import { examineRecogniser } from '../../src/embedding/recogniser/examine-recogniser';
import { openGivenModel, refuseWrongRole } from '../../src/embedding/recogniser/face-model';
import { settleFindings } from '../../src/embedding/recogniser/judge-recogniser';
import { refuseMetricTwice } from '../../src/evaluation/metrics/metrics-option';
import { comparePairs, facesInPairs } from '../../src/evaluation/scoring/compare-pairs';
import { checkTest } from '../../src/leakage/check-test';
import type { ContextOf, Run } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import type { evaluateStudent } from './index';
import { writeResults } from './write-results';

export const run: Run<typeof evaluateStudent> = context => stageTask(emit => evaluate(context, emit));

async function evaluate(context: ContextOf<typeof evaluateStudent>, emit: Emit): Promise<void> {
  const { options, inputs, cores, signal } = context;
  refuseMetricTwice(options.metrics);
  const pairs = await readPairs(inputs.pairs.folder);
  const faces = await openFaceSet(inputs.faces.folder);
  try {
    // Before the work, because its result might be of no use.
    const checks = await checkTest({ faces, pairs, ...testOf(context) }, emit);
    const opened = await openGivenModel('model', inputs.model, options, { faceSize: faces.size, cores });
    const { model, recogniser } = opened;
    try {
      refuseWrongRole(model, options.role);
      emit({ type: 'log', level: 'info', text: describeRecogniser('Model', model, recogniser) });
      const rows = facesInPairs(faces, pairs);
      const examination = await examineRecogniser({ faces, rows, recogniser, signal });
      const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
      settleFindings(examination, options.suspicious, warn);
      if (examination.findings.length > 0)
        emit({ type: 'metrics', values: { suspicious: examination.findings.map(({ code }) => code) } });
      const total = pairs.paths.length;
      const onProgress = (done: number): void => emit({ type: 'progress', done, total, unit: 'faces' });
      const compared = await comparePairs({ faces, pairs, recogniser, signal, onProgress });
      const { training } = model;
      const about = {
        ...checks,
        model: { ...aboutRecogniser(model, recogniser, examination), ...(training && { training }) },
      };
      await writeResults(context, faces, pairs, compared, about, emit);
    } finally {
      await recogniser.close();
    }
  } finally {
    await faces.close();
  }
}

function testOf({ inputs, options, folder }: ContextOf<typeof evaluateStudent>) {
  const { allowOverlap, allowDuplicates } = options;
  const [pairsFolder, modelFolder] = [inputs.pairs.folder, inputs.model?.folder];
  return { stage: inputs.faces.stage, pairsFolder, modelFolder, allowOverlap, allowDuplicates, folder };
}
