import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { EXIT, UserError } from '../errors';
import { errnoOf } from '../kit/files/errno';
import { hasInvisible, quote } from '../kit/text/quote';
import { sha256File } from '../kit/files/sha256';
import { NotAMessage, skimFile, type Field, type Skim } from './skim';
import { fileKind, looksWhole } from './wrong-files';

/** A file beside an ONNX file that holds values of its tensors ("external data"). */
interface Neighbour {
  /** Relative to the folder of the ONNX file, with `/`. */
  readonly path: string;
  /** Bytes that it must have. */
  readonly least: number;
}

/**
 * Paths of the files that an ONNX file refers to, relative to its folder, with `/`, sorted: wherever the standard lets a tensor stand. Passes over
 * all values, so it takes milliseconds also for hundreds of megabytes.
 * Throws UserError `missing-model` for what is no file, `not-onnx` that says what the file is instead or where it ends, `hostile-model` for a path that leads out of the folder,
 * `damaged-model-data` for a neighbour that is too short to be the one that was written.
 */
export function onnxNeighbours(file: string): readonly string[] {
  const neighbours = neighboursOf(file);
  for (const neighbour of neighbours) assertWhole(file, neighbour);
  return neighbours.map(({ path }) => path);
}

/**
 * SHA-256 of a model, in hexadecimal: of the file where that is all; else of the list of its neighbours' names and digests and its own, so that
 * equal models have equal digests in any folder. Errors as `onnxNeighbours`, and with `missing-model-data`.
 */
export async function digestOnnx(file: string): Promise<string> {
  const names = onnxNeighbours(file);
  for (const name of names) assertThere(file, name);
  const digestOf = (path: string): Promise<string> => sha256File(path, statSync(path).size);
  const own = await digestOf(file);
  if (names.length === 0) return own;
  const digests: [string, string][] = [['', own]];
  for (const name of names) digests.push([name, await digestOf(join(dirname(file), name))]);
  return createHash('sha256').update(JSON.stringify(digests)).digest('hex');
}

function neighboursOf(file: string): Neighbour[] {
  const found = new Map<string, number>();
  const walk = (skim: Skim): void => {
    const kind = fileKind(skim.bytes(0, 512), skim.size);
    if (kind !== undefined) throw notOnnx(file, kind);
    const seen = new Map<number, number | null>();
    try {
      skim.fields(0, skim.size, field => {
        seen.set(field.number, field.value);
        visit(skim, field, MODEL, 1, (location, least) => {
          const path = pathOf(file, location);
          found.set(path, Math.max(least, found.get(path) ?? 0));
        });
      });
    } catch (error) {
      if (!(error instanceof NotAMessage)) throw error;
      throw notOnnx(file, looksWhole(error, skim.size));
    }
    if (!seen.has(GRAPH_OF_MODEL))
      throw notOnnx(file, { is: 'it holds no graph', then: 'give the path of an ONNX model' });
    // What follows the graph. Only the oldest models do not have it.
    if (!seen.has(OPSETS_OF_MODEL) && (seen.get(IR_VERSION_OF_MODEL) ?? 0) >= 3) {
      throw notOnnx(file, { is: 'it ends behind its graph', then: 'download or copy it again' });
    }
  };
  if (!walkFile(file, walk)) throw unreadable(file, 'it is not a file, want an ONNX file');
  return [...found].map(([path, least]) => ({ path, least })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether it is a file. */
function walkFile(file: string, walk: (skim: Skim) => void): boolean {
  try {
    return skimFile(file, skim => (walk(skim), true)) ?? false;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw unreadable(file, `the system says ${errnoOf(error)}`, error);
  }
}

function unreadable(file: string, found: string, cause?: unknown): UserError {
  const code = 'missing-model';
  return new UserError(`Cannot read model ${file}: ${found}`, { code, exit: EXIT.configuration, cause });
}

type TakeLocation = (location: string, least: number) => void;
/** By number of the field: what it holds. */
interface Shape {
  readonly [field: number]: Shape | 'tensor';
}

const [IR_VERSION_OF_MODEL, GRAPH_OF_MODEL, OPSETS_OF_MODEL] = [1, 7, 8];
// Where onnx.proto has messages in which a tensor can stand. A graph is in a node is in a graph.
const SPARSE: Shape = { 1: 'tensor', 2: 'tensor' };
const ATTRIBUTE: Record<number, Shape | 'tensor'> = { 5: 'tensor', 10: 'tensor', 22: SPARSE, 23: SPARSE };
const NODE: Shape = { 5: ATTRIBUTE };
const GRAPH: Shape = { 1: NODE, 5: 'tensor', 15: SPARSE };
ATTRIBUTE[6] = GRAPH;
ATTRIBUTE[11] = GRAPH;
const TRAINING: Shape = { 1: GRAPH, 2: GRAPH };
const FUNCTION: Shape = { 7: NODE, 11: ATTRIBUTE };
const MODEL: Shape = { [GRAPH_OF_MODEL]: GRAPH, 20: TRAINING, 25: FUNCTION };
const EXTERNAL_DATA_OF_TENSOR = 13;
/** Protocol Buffers' own limit. */
const DEEPEST = 100;

function visit(skim: Skim, field: Field, shape: Shape, depth: number, take: TakeLocation): void {
  const inside = shape[field.number];
  if (inside === undefined || field.value !== null) return;
  if (depth > DEEPEST) throw new NotAMessage(field.start, undefined);
  if (inside === 'tensor') visitTensor(skim, field, take);
  else skim.fields(field.start, field.end, child => visit(skim, child, inside, depth + 1, take));
}

/** A reader of the file decides by another field whether the values are outside; a file that is named counts here in any case. */
function visitTensor(skim: Skim, { start, end }: Field, take: TakeLocation): void {
  const locations: string[] = [];
  let [offset, length] = [0, 0];
  skim.fields(start, end, entry => {
    if (entry.number !== EXTERNAL_DATA_OF_TENSOR || entry.value !== null) return;
    let [key, value] = ['', ''];
    skim.fields(entry.start, entry.end, part => {
      if (part.value !== null) return;
      if (part.number === 1) key = textOf(skim, part);
      if (part.number === 2) value = textOf(skim, part);
    });
    if (key === 'location') locations.push(value);
    if (key === 'offset') offset = Number(value);
    if (key === 'length') length = Number(value);
  });
  const least = offset + length;
  for (const location of locations) take(location, Number.isSafeInteger(least) ? least : 0);
}

/** Longer names are none of a file. */
const LONGEST_TEXT = 4096;

function textOf(skim: Skim, { start, end }: Field): string {
  return skim.bytes(start, Math.min(end, start + LONGEST_TEXT)).toString('utf8');
}

/**
 * Relative, with `/`. The standard demands it so, and below the folder of the model; onnxruntime also takes a name of its own for an address
 * in memory.
 */
function pathOf(file: string, location: string): string {
  const parts = location.split('/').filter(part => part !== '' && part !== '.');
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(location);
  const leavesFolder = location.split(/[/\\]/).includes('..');
  const isNoName = parts.length === 0 || hasInvisible(location) || location.startsWith('*/');
  if (!isAbsolute && !leavesFolder && !isNoName && location.length < LONGEST_TEXT) return parts.join('/');
  throw new UserError(
    `Cannot use model ${file}: it says that its weights are in ${quote(location.slice(0, 300))}, want the name of a file in its own folder; ` +
      'do not use a model that reaches for other files, or save it again with its weights beside it',
    { code: 'hostile-model', exit: EXIT.configuration },
  );
}

function assertWhole(file: string, { path, least }: Neighbour): void {
  const absolute = join(dirname(file), path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return;
  assertInside(file, absolute);
  if (found.size >= least) return;
  const kind = skimFile(absolute, skim => fileKind(skim.bytes(0, 512), skim.size));
  const { is, then } = kind ?? { is: 'it was cut short', then: 'copy or download it again' };
  throw new UserError(
    `Cannot use model ${file}: ${absolute}, which holds its weights, has ${found.size} bytes, want at least ${least}: ${is}; ${then}`,
    { code: 'damaged-model-data', exit: EXIT.configuration },
  );
}

/** As onnxruntime demands it: in the folder of the model or, where the model is a link, of what that leads to. */
function assertInside(file: string, neighbour: string): void {
  const real = realpathSync(neighbour);
  const folders = [realpathSync(dirname(file)), dirname(realpathSync(file))];
  if (folders.some(folder => real.startsWith(folder.endsWith(sep) ? folder : folder + sep))) return;
  throw new UserError(
    `Cannot use model ${file}: ${neighbour}, which holds its weights, is a link to ${real}, want a file in the folder of the model; ` +
      'put the file itself there',
    { code: 'hostile-model', exit: EXIT.configuration },
  );
}

function assertThere(file: string, name: string): void {
  const absolute = join(dirname(file), name);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found?.isFile() === true) return;
  throw new UserError(
    `Cannot use model ${file}: its weights are in ${absolute}, which ${found ? 'is not a file' : 'is missing'}; ` +
      'copy it there from where the model came from, or export the model to one file',
    { code: 'missing-model-data', exit: EXIT.configuration },
  );
}

function notOnnx(file: string, { is, then }: { readonly is: string; readonly then: string }): UserError {
  return new UserError(`Cannot use model ${file}: ${is}; ${then}`, { code: 'not-onnx', exit: EXIT.configuration });
}
