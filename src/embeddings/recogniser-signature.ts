import { UserError } from '../errors';

/** An input or output of a session, as onnxruntime describes it. A dimension that is not fixed is a name, or ''. */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** What an ArcFace-style model takes and gives. */
export interface Signature {
  readonly input: string;
  readonly layout: 'NCHW' | 'NHWC';
  /** Faces that a run must have, or null when any number goes. */
  readonly fixedBatch: number | null;
  readonly output: string;
  /** Width of an embedding, or null when only a run can tell. */
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
  const refuse = (found: string): never => {
    throw new UserError(
      `Cannot use ${file} as a face recogniser: ${found}; want one float32 input [N, 3, size, size] or [N, size, size, 3] ` +
        'and one output [N, width], as ArcFace models have',
      { code: 'not-a-recogniser' },
    );
  };
  const input = inputs[0];
  if (input === undefined || inputs.length > 1) return refuse(`it has ${inputs.length} inputs (${list(inputs)})`);
  const layout = layoutOf(input.shape);
  if (layout === null || input.type !== 'float32') return refuse(`its input is ${describe(input)}`);
  // Some models give the norm or a quality [N, 1] beside the embedding.
  const embeddings = outputs.filter(({ shape, type }) => shape.length === 2 && shape[1] !== 1 && type === 'float32');
  const output = embeddings[0];
  if (output === undefined || embeddings.length > 1) {
    const kind = outputs.length > 2 ? ', as face detectors have' : '';
    return refuse(`it has ${plural(outputs.length, 'output')}${kind} (${list(outputs)})`);
  }
  checkSize(file, layout === 'NCHW' ? input.shape.slice(2) : input.shape.slice(1, 3), faceSize);
  return {
    input: input.name,
    layout,
    fixedBatch: fixed(input.shape[0]),
    output: output.name,
    dim: fixed(output.shape[1]),
  };
}

function layoutOf(shape: Port['shape']): Signature['layout'] | null {
  if (shape.length !== 4) return null;
  if (shape[1] === 3) return 'NCHW';
  return shape[3] === 3 ? 'NHWC' : null;
}

function checkSize(file: string, [height, width]: Port['shape'], faceSize: number): void {
  const wrong = [height, width].some(edge => (fixed(edge) ?? faceSize) !== faceSize);
  if (!wrong) return;
  throw new UserError(
    `Cannot embed faces with ${file}: the faces are ${faceSize} x ${faceSize} pixels, the model wants ${String(width)} x ` +
      `${String(height)}; align the faces to that size (option \`size\` of align-faces) or use a model for ${faceSize}`,
    { code: 'wrong-face-size' },
  );
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
