import { UserError } from '../../errors';
import { PREFIX } from '../../models/input-contract';

/** What whoever made a model says of its graph. */
export interface StatedGraph {
  readonly statedBy: 'model artifact' | 'ONNX metadata';
  readonly layout?: 'NCHW' | 'NHWC';
  /** Side of the square face in pixels. */
  readonly inputSize?: number;
  /** Values of an embedding. */
  readonly embeddingSize?: number;
}

interface FoundGraph {
  readonly layout: 'NCHW' | 'NHWC';
  /** Null when the graph takes faces of any size. */
  readonly fixedSize: number | null;
  readonly dim: number;
  /** Of the faces that are to be embedded. */
  readonly faceSize: number;
}

/**
 * Errors with `bad-contract` (`UserError`), naming both values, when a graph is not what is said of it: then what else is said (channels, mean,
 * scale) may be of another model, too. A graph that takes faces of any size is given those that it was made for.
 */
export function refuseOtherGraph(
  file: string,
  stated: StatedGraph,
  { layout, fixedSize, dim, faceSize }: FoundGraph,
): void {
  const size = (edge: number): string => `${edge} x ${edge} pixels`;
  const refuse = (key: keyof StatedGraph, found: string, then = mendOf(stated)): never => {
    const who =
      stated.statedBy === 'ONNX metadata'
        ? `its ONNX metadata say "${PREFIX}${key}" is`
        : `model.json beside it says "${key}" is`;
    throw new UserError(`Cannot use ${file}: ${who} ${String(stated[key])}, but ${found}; ${then}`, {
      code: 'bad-contract',
      item: file,
    });
  };
  if (stated.layout !== undefined && stated.layout !== layout) refuse('layout', `its graph takes ${layout}`);
  if (stated.embeddingSize !== undefined && stated.embeddingSize !== dim) {
    refuse('embeddingSize', `its graph gives ${dim} values a face`);
  }
  const { inputSize } = stated;
  if (inputSize === undefined || inputSize === (fixedSize ?? faceSize)) return;
  if (fixedSize !== null) refuse('inputSize', `its graph takes ${size(fixedSize)}`);
  refuse(
    'inputSize',
    `the faces have ${size(faceSize)}, and its graph takes any`,
    `align the faces to that size (\`size: ${inputSize}\` of align-faces) or, if that is not what it was trained on, ${mendOf(stated)}`,
  );
}

function mendOf({ statedBy }: StatedGraph): string {
  return statedBy === 'ONNX metadata'
    ? `export the model again, or mend or remove the entries "${PREFIX}…"`
    : 'run the stage that made it again';
}
