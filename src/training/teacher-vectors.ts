import { open, rm, type FileHandle } from 'node:fs/promises';
import { openEmbeddings, type EmbeddingSet } from '../embeddings/embedding-set';
import { EXIT, UserError } from '../errors';
import type { StageInput } from '../stage';
import { refuseTwoTeachers } from './one-teacher';
import type { SourceSet } from './samples';

/** Teacher embeddings in any order, from disk. */
export interface TeacherVectors {
  readonly dim: number;
  /** Digest of the model that made them, hex. */
  readonly sha256: string;
  /** The file that they lie in, float32 little-endian. */
  readonly path: string;
  /** Octets before the embedding that `read` reads. */
  position(set: number, row: number, mirrored: boolean): number;
  /** Reads the embedding of a face or, with `mirrored`, of its mirror image to the start of `into`. */
  read(set: number, row: number, mirrored: boolean, into: Float32Array): Promise<void>;
  /** Removes the file. */
  close(): Promise<void>;
}

/**
 * Copies the embeddings of the source sets into one flat file, because Parquet can only be read in order and memory must not grow
 * with the data: both views of a face one after the other, faces in the order of their sets.
 *
 * Errors with `embeddings-mismatch` (`UserError`) when a face set has no embeddings among `inputs`, when there are some of other
 * faces, or when their width is not `dim`, and as `refuseTwoTeachers`.
 * @param path of the file to make
 */
export async function openTeacherVectors(
  sources: readonly SourceSet[],
  inputs: readonly StageInput[],
  { dim, path }: { readonly dim: number; readonly path: string },
): Promise<TeacherVectors> {
  const found: FoundSet[] = [];
  try {
    for (const input of inputs) found.push({ input, set: await openEmbeddings(input.folder) });
    refuseTwoTeachers(found);
    const inOrder = matchSets(sources, found, dim);
    const file = await open(path, 'w+');
    const close = async (): Promise<void> => {
      await file.close();
      await rm(path);
    };
    try {
      const starts = await copyAll(file, sources, inOrder);
      const position: TeacherVectors['position'] = (set, row, mirrored) =>
        ((starts[set]! + row) * 2 + Number(mirrored)) * dim * 4;
      const sha256 = inOrder[0]!.set.teacherSha256;
      return { dim, sha256, path, position, read: readerOf(file, position, dim), close };
    } catch (error) {
      await close();
      throw error;
    }
  } finally {
    for (const { set } of found) await set.close();
  }
}

interface FoundSet {
  readonly input: StageInput;
  readonly set: EmbeddingSet;
}

/** By digest, so that the order of the lists in the pipeline file does not matter. */
function matchSets(sources: readonly SourceSet[], found: readonly FoundSet[], dim: number): readonly FoundSet[] {
  const digests = new Set(sources.map(({ input }) => input.digest));
  for (const { input, set } of found) {
    if (!digests.has(set.facesDigest)) {
      const stages = sources.map(source => `"${source.input.stage}"`).join(', ');
      throw mismatch(`stage "${input.stage}" embedded other faces than those of ${stages}`);
    }
    if (set.dim !== dim) {
      throw otherWidth(input.stage, set.dim, dim);
    }
  }
  return sources.map(({ input }) => {
    const match = found.find(({ set }) => set.facesDigest === input.digest);
    if (match) return match;
    const stages = found.map(other => `"${other.input.stage}"`).join(', ');
    throw mismatch(`the faces of stage "${input.stage}" were not embedded by ${stages}`);
  });
}

/** Returns the place of each set's first face, counted in faces. */
async function copyAll(
  file: FileHandle,
  sources: readonly SourceSet[],
  inOrder: readonly FoundSet[],
): Promise<readonly number[]> {
  const starts: number[] = [];
  let start = 0;
  for (const [i, { input, set }] of inOrder.entries()) {
    starts.push(start);
    let rows = 0;
    for await (const { embedding, embeddingFlipped } of set.rows()) {
      await file.writev([octetsOf(embedding), octetsOf(embeddingFlipped)]);
      rows++;
    }
    start += rows;
    const { count } = sources[i]!.faces;
    if (rows !== count) throw mismatch(`stage "${input.stage}" has ${rows} embeddings for ${count} faces`);
  }
  return starts;
}

function readerOf(file: FileHandle, position: TeacherVectors['position'], dim: number): TeacherVectors['read'] {
  return async (set, row, mirrored, into) => {
    const view = octetsOf(into.subarray(0, dim));
    const { bytesRead } = await file.read(view, 0, view.length, position(set, row, mirrored));
    if (bytesRead !== view.length) throw new RangeError(`No teacher embedding of row ${row} of set ${set}`);
  };
}

function octetsOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function otherWidth(stage: string, found: number, wanted: number): UserError {
  return new UserError(
    `Read the teacher's embeddings: stage "${stage}" has embeddings of ${found} values and the student's have ${wanted}; ` +
      `set \`embeddingSize: ${found}\` of the student, or embed the faces with a teacher that gives ${wanted} values`,
    { code: 'embeddings-mismatch', exit: EXIT.stageFailed },
  );
}

function mismatch(reason: string): UserError {
  return new UserError(
    `Read the teacher's embeddings: ${reason}; connect an embed-faces stage for each face set under \`faces\``,
    { code: 'embeddings-mismatch', exit: EXIT.stageFailed },
  );
}
