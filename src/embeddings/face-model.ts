import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, UserError, messageOf } from '../errors';
import { readInputContract } from '../models/input-contract';
import type { StageInput } from '../stage';
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
  /** Who says the three above. */
  readonly statedBy?: 'model artifact' | 'ONNX metadata';
}

/**
 * Opens the model that a stage was given: the artifact at the input port `port`, or the ONNX file of the option `model`. What
 * the options say goes before what the artifact says, and that before what is read off the ONNX file. Errors with `no-model` or
 * `two-models` when it was not given exactly one, and as `openRecogniser` does.
 */
export async function openGivenModel(
  port: string,
  inputs: readonly StageInput[] | undefined,
  choice: RecogniserChoice,
  { faceSize, cores }: { readonly faceSize: number; readonly cores: number },
): Promise<{ model: FaceModel; recogniser: Recogniser }> {
  const model = await givenModel(port, inputs, choice.model);
  const { channels = model.channels, mean = model.mean, scale = model.scale, batch } = choice;
  return { model, recogniser: await openRecogniser(model.file, { faceSize, batch, cores, channels, mean, scale }) };
}

async function givenModel(
  port: string,
  inputs: readonly StageInput[] | undefined,
  path: string | undefined,
): Promise<FaceModel> {
  const artifact = inputs?.[0];
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
    // Whoever opens it says better what is wrong.
    return undefined;
  });
  if (!contract) return { file, architecture: 'ONNX file' };
  const { architecture, channels, mean, scale } = contract;
  return { file, architecture, channels, mean, scale, statedBy: 'ONNX metadata' };
}

async function describedModel(folder: string): Promise<FaceModel> {
  const path = join(folder, 'model.json');
  try {
    const described = JSON.parse(await readFile(path, 'utf8')) as Partial<FaceModel>;
    const { architecture = 'unknown', parameters, channels, mean, scale } = described;
    return {
      file: join(folder, 'model.onnx'),
      architecture,
      ...(parameters !== undefined && { parameters }),
      ...(channels !== undefined && { channels }),
      ...(mean !== undefined && { mean }),
      ...(scale !== undefined && { scale }),
    };
  } catch (error) {
    throw new UserError(`Cannot read model ${path}: ${messageOf(error)}; run the stage that made it again`, {
      code: 'bad-model',
      cause: error,
    });
  }
}

function oneModel(code: string, found: string, port: string): UserError {
  return new UserError(
    `Cannot tell which model to use: ${found}; connect a face model under \`in: {${port}: …}\` or give the path of an ONNX file ` +
      'under `with: {model: …}`',
    { code, exit: EXIT.configuration },
  );
}
