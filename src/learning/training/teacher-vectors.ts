import { open, type FileHandle } from 'node:fs/promises';
import { openEmbeddings, type EmbeddingSet } from '../../data/embedding-set';
import { EXIT, UserError } from '../../errors';
import type { StageInput } from '../../stage';
import { refuseTwoTeachers } from './one-teacher';
import type { SourceSet } from './samples';

/** Teacher embeddings in any order, read where embed-faces has written them. */
export interface TeacherVectors {
  readonly dim: number;
  /** Digest of the model that made them, hex. */
  readonly sha256: string;
  /** For each source set, the file that holds its embeddings: float32 little-endian. */
  readonly paths: readonly string[];
  /** Where in the file of a set the embedding of a face or, with `mirrored`, of its mirror image starts, in bytes. */
  position(set: number, row: number, mirrored: boolean): number;
  /** Reads that embedding to the start of `into`. */
  read(set: number, row: number, mirrored: boolean, into: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the embeddings of the source sets.
 *
 * Errors with `embeddings-mismatch` (`UserError`) when a face set has no embeddings among `inputs`, when there are some of other
 * faces, or when their width is not `dim`, and as `refuseTwoTeachers`.
 */
export async function openTeacherVectors(
  sources: readonly SourceSet[],
  inputs: readonly StageInput[],
  dim: number,
): Promise<TeacherVectors> {
  const found: FoundSet[] = [];
  const files: FileHandle[] = [];
  const close = async (): Promise<void> => {
    for (const file of files) await file.close();
  };
  try {
    for (const input of inputs) found.push({ input, set: await openEmbeddings(input.folder) });
    refuseTwoTeachers(found);
    const inOrder = matchSets(sources, found, dim);
    for (const [i, { input, set }] of inOrder.entries()) refuseOtherCount(input.stage, set.count, sources[i]!);
    const places = await Promise.all(inOrder.map(async ({ set }) => set.places()));
    const position: TeacherVectors['position'] = (set, row, mirrored) => places[set]!(row, mirrored);
    const paths = inOrder.map(({ set }) => set.path);
    for (const path of paths) files.push(await open(path));
    return {
      ...{ dim, sha256: inOrder[0]!.set.teacherSha256, paths, position, close },
      async read(set, row, mirrored, into) {
        const view = bytesOf(into.subarray(0, dim));
        const { bytesRead } = await files[set]!.read(view, 0, view.length, position(set, row, mirrored));
        if (bytesRead !== view.length) throw new RangeError(`No teacher embedding of row ${row} in ${paths[set]!}`);
      },
    };
  } catch (error) {
    await close();
    throw error;
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

function refuseOtherCount(stage: string, rows: number, { faces }: SourceSet): void {
  if (rows !== faces.count) throw mismatch(`stage "${stage}" has ${rows} embeddings for ${faces.count} faces`);
}

function bytesOf(values: Float32Array): Uint8Array {
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
