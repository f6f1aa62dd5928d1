import { onnxNeighbours } from '../models/onnx-files';
import type { OptionSchema, Stage } from '../stage';

/** What a stage that runs a recogniser lets its user say about it. */
export interface RecogniserChoice {
  readonly model?: string;
  readonly batch: number;
  readonly channels?: 'RGB' | 'BGR';
  readonly mean?: number;
  readonly scale?: number;
}

/** Which files belong to the one that `model` names: weights may lie beside an ONNX file. */
export const recogniserCompanions: Stage['companions'] = { model: onnxNeighbours };

/** Schema of `RecogniserChoice`, for the options of a stage. @param port the input that `model` stands in for. */
export function recogniserOptions(port: string): Readonly<Record<keyof RecogniserChoice, OptionSchema>> {
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
        'The model is given (pixel - mean) / scale; 127.5 unless the model artifact says otherwise, 0 for a model that subtracts ' +
        'and multiplies by itself',
    },
    scale: {
      type: 'number',
      exclusiveMinimum: 0,
      description:
        'See `mean`; 127.5 unless the model artifact says otherwise, 1 for a model that normalises by itself',
    },
  };
}
