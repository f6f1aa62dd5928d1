import { aboutRecogniser, describeRecogniser } from '../../src/embedding/recogniser/describe-recogniser';
import { examineRecogniser } from '../../src/embedding/recogniser/examine-recogniser';
import { openGivenModel } from '../../src/embedding/recogniser/face-model';
import { settleFindings } from '../../src/embedding/recogniser/judge-recogniser';
import { openFaceSet } from '../../src/data/face-set';
import { passOnTrainedOn } from '../../src/leakage/trained-on';
import type { ContextOf, Run } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import { embedAll } from './embed-all';
import type { embedFaces } from './index';

export const run: Run<typeof embedFaces> = context => stageTask(emit => embed(context, emit));

async function embed(context: ContextOf<typeof embedFaces>, emit: Emit): Promise<void> {
  const { options, inputs, cores, signal } = context;
  const faces = await openFaceSet(inputs.faces.folder);
  try {
    const { model, recogniser } = await openGivenModel('teacher', inputs.teacher, options, {
      faceSize: faces.size,
      cores,
    });
    try {
      emit({ type: 'log', level: 'info', text: describeRecogniser('Teacher', model, recogniser) });
      const examination = await examineRecogniser({ faces, rows: faces.rows(), recogniser, signal });
      const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
      settleFindings(examination, options.suspicious ?? 'refuse', warn);
      emit({ type: 'metrics', values: { teacher: aboutRecogniser(model, recogniser, examination) } });
      await embedAll(context, faces, recogniser, emit);
      if (inputs.teacher) await passOnTrainedOn(inputs.teacher.folder, context.output('embeddings'));
    } finally {
      await recogniser.close();
    }
  } finally {
    await faces.close();
  }
}
