import { writeFaceModel, type ModelDescription } from '../../data/face-model';
import type { Tf } from '../engines/engine';
import { openEngine } from '../engines/start-engine';
import { readContents } from '../../leakage/face-contents';
import { seenLists } from '../../leakage/seen-lists';
import { readTrainedOn, trainedOn, writeTrainedOn } from '../../leakage/trained-on';
import { exportOnnx } from '../exporters/export-onnx';
import { OUR_PIXELS } from '../../models/input-contract';
import { writeSafetensors } from '../../models/safetensors';
import { countMultiplyAdds, countParameters, HE_FAN_OUT, type Weights } from '../networks';
import type { Emit } from '../../stage-task';
import type { Samples, SourceSet } from './samples';
import { taughtTerms } from './terms';
import type { TrainingJob } from './training-job';
import { verifyExport } from './verify-export';

/** What a training was made of, and the facts about it. */
interface Trained {
  readonly sources: readonly SourceSet[];
  readonly samples: Samples;
  /** Doubts about the training, for an evaluation of the model. */
  readonly doubts: readonly string[];
  /** Digest of the model that it learnt from, hex. */
  readonly teacher?: { readonly sha256: string };
}

/** Writes model.onnx, weights.safetensors, model.json and the lists of what was learnt from, and checks that the ONNX file computes what was trained. */
export async function writeModel(
  tf: Tf,
  job: TrainingJob,
  { sources, samples, doubts, teacher }: Trained,
  weights: Weights,
  emit: Emit,
): Promise<void> {
  const { backbone, modelFolder } = job;
  const { onnx } = await writeFaceModel(modelFolder, {
    onnx: exportOnnx(backbone, weights),
    weights: path => writeSafetensors(path, weights, { architecture: backbone.name }),
    description: await describe(job, { samples, doubts, teacher }),
  });
  await writeSeen(job, sources, samples);
  const difference = await verifyExport(tf, { backbone, weights, onnx }, sources[0]!.faces);
  emit({
    type: 'metrics',
    values: {
      architecture: backbone.name,
      parameters: countParameters(backbone),
      multiplyAdds: countMultiplyAdds(backbone),
      // One digit: the rest depends on the processor.
      onnxDifference: Number(difference.toPrecision(1)),
    },
  });
}

/** So that an evaluation can find out whether the model has seen the faces that it is tested on. */
async function writeSeen(
  { recipe, embeddings, modelFolder }: TrainingJob,
  sources: readonly SourceSet[],
  samples: Samples,
): Promise<void> {
  const faceSets = sources.map(({ faces }) => faces);
  const own = seenLists(await readContents(faceSets, samples), samples.classes);
  const taught = taughtTerms(recipe.terms).length > 0 ? embeddings : [];
  const teachers = await Promise.all(taught.map(({ folder }) => readTrainedOn(folder)));
  await writeTrainedOn(modelFolder, trainedOn(own, teachers));
}

async function describe(
  job: TrainingJob,
  { samples, doubts, teacher }: Omit<Trained, 'sources'>,
): Promise<ModelDescription> {
  const { backbone, recipe, engine, precision = 'f32', threads, faces, selection, embeddings, people } = job;
  const { key } = await openEngine(engine);
  return {
    architecture: backbone.name,
    parameters: countParameters(backbone),
    embeddingSize: backbone.embeddingSize,
    inputSize: backbone.inputSize,
    ...OUR_PIXELS,
    classes: samples.classes.length,
    trainedOn: {
      // Not the stages' names: they differ between pipelines that share this artifact.
      faces: faces.map(({ digest }) => digest),
      ...(selection && { selection: selection.digest }),
      ...(teacher && {
        embeddings: embeddings.map(({ digest }) => digest),
        teacher: teacher.sha256,
        taughtBy: taughtTerms(recipe.terms).map(({ name }) => name),
      }),
      ...(people?.identities && { identities: people.identities }),
      images: samples.count,
    },
    ...(doubts.length > 0 && { doubts }),
    // The learning rate is that of a step, however it was stated.
    recipe,
    initialisation: backbone.initialisation ?? HE_FAN_OUT,
    engine,
    precision,
    // Where it is not said it changes nothing, and the same model must have the same bytes on another machine.
    ...(key.threads && { threads }),
  };
}
