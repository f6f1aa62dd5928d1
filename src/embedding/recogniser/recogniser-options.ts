import { onnxNeighbours } from '../../models/onnx-files';
import type { OptionSchema, Stage } from '../../stage';

/** What a stage that runs a recogniser lets its user say about it. */
export interface RecogniserChoice {
  readonly model?: string;
  readonly batch: number;
  readonly channels?: 'RGB' | 'BGR';
  readonly mean?: number;
  readonly scale?: number;
  readonly suspicious?: 'refuse' | 'warn';
}

/** Which files belong to the one that `model` names: weights may lie beside an ONNX file. */
export const recogniserCompanions: Stage['companions'] = { model: onnxNeighbours };

/**
 * Schema of `RecogniserChoice`, for the options of a stage.
 * @param port the input that `model` stands in for
 * @param suspicious what is done by default with a model whose embeddings look wrong
 */
export function recogniserOptions(
  port: string,
  suspicious: 'refuse' | 'warn',
): Readonly<Record<keyof RecogniserChoice, OptionSchema>> {
  return {
    model: {
      type: 'string',
      format: 'input-path',
      description: `ArcFace-style ONNX file, in place of the input \`${port}\`; files with its weights lie beside it`,
    },
    batch: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 64,
      description: 'Faces in one run of the model, unless the model fixes that number',
    },
    channels: {
      type: 'string',
      enum: ['RGB', 'BGR'],
      description: 'Order of the colour channels that the model wants; RGB unless the model artifact says otherwise',
    },
    mean: {
      type: 'number',
      description:
        'The model is given (pixel - mean) / scale; by default as the model artifact says or, for a file, as its first operations show: ' +
        '127.5, or 0 for a model that normalises by itself',
    },
    scale: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'See `mean`; 127.5, or 1 for a model that normalises by itself',
    },
    suspicious: {
      type: 'string',
      enum: ['refuse', 'warn'],
      default: suspicious,
      description:
        'What to do when a sample of faces, embedded before the work, looks wrong: different people are all alike, or the output ' +
        'is that of a classifier',
    },
  };
}
