import type { ErrorCode } from '../../error-codes';
import { faceModelFiles, readModelDescription } from '../../data/face-model';
import { EXIT, UserError } from '../../errors';
import { readInputContract } from '../../models/input-contract';
import type { Json, StageInput } from '../../stage';
import type { StatedBy } from './choose-preprocessing';
import type { StatedGraph } from './stated-graph';
import { openRecogniser, type Recogniser } from './onnx-recogniser';
import type { RecogniserChoice } from './recogniser-options';

/** What is known of a model beside what its ONNX file says. */
export interface FaceModel {
  /** Path of the ONNX file. */
  readonly file: string;
  /** Name of the backbone; "ONNX file" for a model that was not trained here. */
  readonly architecture: string;
  readonly parameters?: number;
  readonly channels?: 'RGB' | 'BGR';
  readonly mean?: number;
  readonly scale?: number;
  /** Whether it learnt from a teacher; undefined where the model does not say how it was trained. */
  readonly isTaught?: boolean;
  /** What is doubtful about its training, a phrase each. */
  readonly doubts?: readonly string[];
  /** How it was trained, as the model says: see `TrainingRecord` in reports. */
  readonly training?: Readonly<Record<string, Json>>;
  /** Sources of channels, mean and scale. */
  readonly statedBy?: 'model artifact' | 'ONNX metadata';
  /** What is said of the graph in the ONNX file. */
  readonly graph?: StatedGraph;
}

/**
 * Opens the model that a stage was given: the artifact at the input port `port`, or the ONNX file of the option `model`. What
 * the options say goes before what the artifact says, and that before what is read off the ONNX file. Errors with `no-model` or
 * `two-models` when it was not given exactly one, and as `openRecogniser` does.
 */
export async function openGivenModel(
  port: string,
  artifact: StageInput | undefined,
  choice: RecogniserChoice,
  { faceSize, cores }: { readonly faceSize: number; readonly cores: number },
): Promise<{ model: FaceModel; recogniser: Recogniser }> {
  const model = await givenModel(port, artifact, choice.model);
  const { channels = model.channels, mean = model.mean, scale = model.scale, batch } = choice;
  const { statedBy = 'model artifact' } = model;
  const source = (option: unknown): StatedBy => (option === undefined ? statedBy : 'option');
  const by = { channels: source(choice.channels), mean: source(choice.mean), scale: source(choice.scale) };
  const { graph } = model;
  const recogniser = await openRecogniser(model.file, { faceSize, batch, cores, channels, mean, scale, by, graph });
  const doubts = [...contradictions(model, choice, statedBy), ...recogniser.doubts];
  return { model, recogniser: { ...recogniser, doubts } };
}

/** Options that say something else than whoever trained the model. */
function contradictions(model: FaceModel, choice: RecogniserChoice, statedBy: string): string[] {
  const contradicted = (['channels', 'mean', 'scale'] as const).filter(
    name => choice[name] !== undefined && model[name] !== undefined && choice[name] !== model[name],
  );
  if (contradicted.length === 0) return [];
  const say = (of: RecogniserChoice | FaceModel): string => contradicted.map(name => `${name}: ${of[name]}`).join(', ');
  return [`The options give the model \`${say(choice)}\` where its ${statedBy} says \`${say(model)}\``];
}

async function givenModel(
  port: string,
  artifact: StageInput | undefined,
  path: string | undefined,
): Promise<FaceModel> {
  if (artifact && path !== undefined)
    throw oneModel('two-models', `found both input \`${port}\` and option \`model\``, port);
  if (path !== undefined) return modelInFile(path);
  if (!artifact) throw oneModel('no-model', 'found neither', port);
  return describedModel(artifact.folder);
}

/** What an ONNX file says in its metadata, as those that are written here do. */
async function modelInFile(file: string): Promise<FaceModel> {
  const contract = await readInputContract(file).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    // Opening it gives a better error.
    return undefined;
  });
  if (!contract) return { file, architecture: 'ONNX file' };
  const { architecture, channels, mean, scale, layout, inputSize, embeddingSize } = contract;
  const graph = { statedBy: 'ONNX metadata', layout, inputSize, embeddingSize } as const;
  return { file, architecture, channels, mean, scale, statedBy: 'ONNX metadata', graph };
}

async function describedModel(folder: string): Promise<FaceModel> {
  const { recipe, trainedOn, ...described } = await readModelDescription(folder);
  const { architecture = 'unknown', parameters, channels, mean, scale, doubts } = described;
  const { layout, inputSize, embeddingSize } = described;
  const teacher = trainedOn?.teacher;
  return {
    file: faceModelFiles(folder).onnx,
    architecture,
    ...(parameters !== undefined && { parameters }),
    ...(channels !== undefined && { channels }),
    ...(mean !== undefined && { mean }),
    ...(scale !== undefined && { scale }),
    ...(doubts && { doubts }),
    ...(trainedOn && { isTaught: teacher !== undefined }),
    ...(recipe && trainedOn && { training: { ...(teacher !== undefined && { teacher }), recipe, trainedOn } }),
    graph: {
      statedBy: 'model artifact',
      ...(layout && { layout }),
      ...(inputSize !== undefined && { inputSize }),
      ...(embeddingSize !== undefined && { embeddingSize }),
    },
  };
}

/**
 * Errors with `wrong-role` (`UserError`) when a model has not been trained as its part in a comparison says: the report would call the
 * difference of two others the effect of distillation. A model that does not say how it was trained has any role.
 */
export function refuseWrongRole({ isTaught }: Pick<FaceModel, 'isTaught'>, role: string): void {
  if (isTaught === undefined) return;
  const isWrong = role === 'distilled' ? !isTaught : role === 'plain' && isTaught;
  if (!isWrong) return;
  const found = isTaught ? 'learnt from a teacher' : 'was trained without a teacher';
  throw new UserError(
    `Evaluate: the role is \`${role}\`, and the model ${found}; connect the intended model under \`in: {model: …}\`, or set ` +
      `\`role: ${isTaught ? 'distilled' : 'plain'}\` or \`role: other\``,
    { code: 'wrong-role' },
  );
}

function oneModel(code: ErrorCode, found: string, port: string): UserError {
  return new UserError(
    `Cannot choose the model: ${found}; connect a face model under \`in: {${port}: …}\` or give the path of an ONNX file ` +
      'under `with: {model: …}`',
    { code, exit: EXIT.configuration },
  );
}
