import { onnxNeighbours } from '../../models/onnx-files';
import { choice, inputPath, integer, number, optional } from '../../kit/options';
import type { TypeOfMembers } from '../../kit/option-types';
import type { Stage } from '../../stage';

type Options = TypeOfMembers<ReturnType<typeof recogniserOptions>>;

/** Options about the recogniser of a stage; code that opens a model may leave `suspicious` out. */
export type RecogniserChoice = Omit<Options, 'suspicious'> & Partial<Pick<Options, 'suspicious'>>;

/** Which files belong to the one that `model` names: weights may be in files beside an ONNX file. */
export const recogniserCompanions: Stage['companions'] = { model: onnxNeighbours };

/**
 * The options of a stage that choose a recogniser.
 * @param port the input that `model` stands in for
 * @param suspicious what is done by default with a model whose embeddings look wrong
 */
export function recogniserOptions(port: string, suspicious: 'refuse' | 'warn') {
  return {
    model: optional(
      inputPath(`ArcFace-style ONNX file, in place of the input \`${port}\`; files with its weights must be beside it`),
    ),
    batch: integer('Faces in one run of the model; a model with a fixed batch size takes its own', {
      minimum: 1,
      maximum: 1024,
      default: 64,
    }),
    channels: optional(
      choice('Order of the colour channels that the model expects; by default as the model artifact says, or RGB', [
        'RGB',
        'BGR',
      ]),
    ),
    mean: optional(
      number(
        'The model gets (pixel - mean) / scale; by default as the model artifact says or, for a file, as its first operations show: ' +
          '127.5, or 0 for a model that normalises by itself',
      ),
    ),
    scale: optional(number('See `mean`; 127.5, or 1 for a model that normalises by itself', { exclusiveMinimum: 0 })),
    suspicious: choice(
      'What to do when the embeddings of a first sample of faces look wrong: different people are all alike, or the output ' +
        'is that of a classifier',
      ['refuse', 'warn'],
      { default: suspicious },
    ),
  };
}
