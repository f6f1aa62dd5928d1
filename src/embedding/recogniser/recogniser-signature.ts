import { UserError } from '../../errors';
import { FACE_SIZES } from '../../faces/alignment/template';

/** An input or output of a session, as onnxruntime describes it. A dimension that is not fixed is a name, or ''. */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** Values of an embedding at most: those in use have 128 to 2,048. A wider output is none, and may take all memory. */
export const MOST_WIDTH = 65_536;

/** What an ArcFace-style model takes and gives. */
export interface Signature {
  readonly input: string;
  readonly layout: 'NCHW' | 'NHWC';
  /** Edge of a face in pixels, or null when any goes. */
  readonly fixedSize: number | null;
  /** Faces that a run must have, or null when any number goes. */
  readonly fixedBatch: number | null;
  readonly output: string;
  /** Width of an embedding, or null when only a run shows it. */
  readonly dim: number | null;
}

/**
 * Reads the signature of a recogniser and checks that it fits faces of `faceSize` x `faceSize` pixels. Errors with
 * `not-a-recogniser` or `wrong-face-size`, naming the file.
 */
export function signatureOf(
  file: string,
  inputs: readonly Port[],
  outputs: readonly Port[],
  faceSize: number,
): Signature {
  const refuse = (found: string, advice = ''): never => {
    throw new UserError(
      `Cannot use ${file} as a face recogniser: ${found}; want one float32 input [N, 3, size, size] or [N, size, size, 3] ` +
        `and one output [N, width], as ArcFace models have${advice && `: ${advice}`}`,
      { code: 'not-a-recogniser' },
    );
  };
  const input = inputs[0];
  if (input === undefined || inputs.length > 1) return refuse(`it has ${inputs.length} inputs (${list(inputs)})`);
  const layout = layoutOf(input.shape);
  if (layout === null || input.type !== 'float32') return refuse(`its input is ${describe(input)}`, inputAdvice(input));
  // Some models give the norm or a quality [N, 1] beside the embedding.
  const embeddings = outputs.filter(({ shape, type }) => widths(shape).length === 1 && type === 'float32');
  const output = embeddings[0];
  if (output === undefined || embeddings.length > 1) {
    const kind = outputs.length > 2 ? ', as face detectors have' : '';
    return refuse(
      `it has ${plural(outputs.length, 'output')}${kind} (${list(outputs)})`,
      outputAdvice(embeddings, outputs),
    );
  }
  const dim = fixed(widths(output.shape)[0]);
  if (dim !== null && dim > MOST_WIDTH) {
    return refuse(`its output is ${describe(output)}`, `a width of at most ${MOST_WIDTH} is taken for an embedding`);
  }
  checkSize(file, layout === 'NCHW' ? input.shape.slice(2) : input.shape.slice(1, 3), faceSize);
  return {
    input: input.name,
    layout,
    fixedSize: fixed(input.shape[layout === 'NCHW' ? 2 : 1]) ?? fixed(input.shape[layout === 'NCHW' ? 3 : 2]),
    fixedBatch: fixed(input.shape[0]),
    output: output.name,
    dim,
  };
}

/** Dimensions behind the first, but for those of 1: `[N, 512, 1, 1]` has the memory layout of `[N, 512]`. */
function widths(shape: Port['shape']): Port['shape'] {
  return shape.slice(1).filter(dimension => dimension !== 1);
}

function inputAdvice({ type, shape }: Port): string {
  if (type === 'float16')
    return 'convert it so that inputs and outputs stay float32 (`keep_io_types=True`), or export it in float32';
  if (type !== 'float32') return 'export it with a float32 input';
  const open = shape.length === 4 && fixed(shape[1]) === null && fixed(shape[3]) === null;
  if (open) return 'it does not say where the three colours are: export it with only the batch, height and width free';
  return shape.length === 4 && (shape[1] === 1 || shape[3] === 1) ? 'it is made for grey pictures' : '';
}

function outputAdvice(embeddings: readonly Port[], outputs: readonly Port[]): string {
  if (embeddings.length > 1) return 'export it with the embedding as its only output of that kind';
  if (outputs.some(({ type }) => type === 'float16'))
    return 'convert it so that inputs and outputs stay float32 (`keep_io_types=True`)';
  return outputs.length === 1 ? 'export it with its last layers, which make one vector of a face' : '';
}

function layoutOf(shape: Port['shape']): Signature['layout'] | null {
  if (shape.length !== 4) return null;
  if (shape[1] === 3) return 'NCHW';
  return shape[3] === 3 ? 'NHWC' : null;
}

function checkSize(file: string, [height, width]: Port['shape'], faceSize: number): void {
  const wrong = [height, width].some(edge => (fixed(edge) ?? faceSize) !== faceSize);
  if (!wrong) return;
  const possible = FACE_SIZES.find(size => [height, width].every(edge => (fixed(edge) ?? size) === size));
  const advice = possible
    ? `align the faces to that size (\`size: ${possible}\` of align-faces) or use a model for ${faceSize}`
    : `align-faces makes faces of ${FACE_SIZES.join(', ')} only: use a model for one of these sizes, or export this one with free height and width`;
  throw new UserError(
    `Cannot embed faces with ${file}: the faces are ${faceSize} x ${faceSize} pixels, the model expects ${shown(width)} x ` +
      `${shown(height)}; ${advice}`,
    { code: 'wrong-face-size' },
  );
}

function shown(edge: number | string | undefined): string {
  return String(fixed(edge) ?? 'any');
}

/** A dimension that is fixed; old exporters write -1 or 0 for one that is not. */
function fixed(dimension: number | string | undefined): number | null {
  return typeof dimension === 'number' && dimension > 0 ? dimension : null;
}

function describe({ name, type, shape }: Port): string {
  return `"${name}" ${type} [${shape.map(dimension => (dimension === '' ? '?' : String(dimension))).join(', ')}]`;
}

function list(ports: readonly Port[]): string {
  const shown = ports.slice(0, 3).map(describe).join(', ');
  return ports.length > 3 ? `${shown}, …` : shown;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
