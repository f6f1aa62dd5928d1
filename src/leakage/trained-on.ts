import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors';
import { errnoOf } from '../kit/files/errno';
import { NOTHING_SEEN, SEEN_KINDS, allSeen, seenBeside, type SeenLists } from './seen-lists';

/** What the faces are known of which a model has learnt, by itself or through its teacher. */
export interface TrainedOn {
  readonly own: SeenLists;
  /** What only its teacher has seen. */
  readonly teacher: SeenLists;
  /** `not known`: there was a teacher, such as an ONNX file from elsewhere, that does not name the faces that it was trained on. */
  readonly teacherIs: 'none' | 'known' | 'not known';
}

const FOLDER = 'trained-on';
const ABOUT = 'trained-on.json';
const FORMAT =
  'files *.u64: sorted little-endian unsigned 64-bit numbers, the first 8 bytes of the SHA-256 of: the pixels of an aligned face (faces), ' +
  "a photograph's file (photographs), <domain>/<group>/<identity> (identities); teacher-*: what only the teacher has seen";

/** A teacher's list, or undefined for one that has none. */
export function trainedOn(own: SeenLists, teachers: readonly (TrainedOn | undefined)[]): TrainedOn {
  const known = teachers.flatMap(one => (one ? [one.own, one.teacher] : []));
  const isKnown = teachers.every(one => one !== undefined && one.teacherIs !== 'not known');
  const teacherIs = teachers.length === 0 ? 'none' : isKnown ? 'known' : 'not known';
  return { own, teacher: seenBeside(allSeen(known), own), teacherIs };
}

/** Writes lists into a model's or an embedding set's folder: 8 bytes for each face, photograph and identity. */
export async function writeTrainedOn(folder: string, { own, teacher, teacherIs }: TrainedOn): Promise<void> {
  const target = join(folder, FOLDER);
  await mkdir(target, { recursive: true });
  for (const kind of SEEN_KINDS) {
    await writeNumbers(join(target, `${kind}.u64`), own[kind]);
    if (teacherIs !== 'none') await writeNumbers(join(target, `teacher-${kind}.u64`), teacher[kind]);
  }
  await writeFile(join(target, ABOUT), JSON.stringify({ teacher: teacherIs, format: FORMAT }, null, 2) + '\n');
}

/** Undefined for a folder without lists. Errors with `bad-trained-on` (`UserError`) when they are damaged. */
export async function readTrainedOn(folder: string): Promise<TrainedOn | undefined> {
  const source = join(folder, FOLDER);
  let teacherIs: TrainedOn['teacherIs'];
  try {
    const about = JSON.parse(await readFile(join(source, ABOUT), 'utf8')) as { readonly teacher: typeof teacherIs };
    teacherIs = about.teacher;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw bad(join(source, ABOUT), messageOf(error), error);
  }
  const lists = async (prefix: string): Promise<SeenLists> => ({
    faces: await readNumbers(join(source, `${prefix}faces.u64`)),
    photographs: await readNumbers(join(source, `${prefix}photographs.u64`)),
    identities: await readNumbers(join(source, `${prefix}identities.u64`)),
  });
  return { own: await lists(''), teacher: teacherIs === 'none' ? NOTHING_SEEN : await lists('teacher-'), teacherIs };
}

/** What a teacher has seen goes with its embeddings, to the models that learn from them. Nothing is written for a teacher without lists. */
export async function passOnTrainedOn(from: string, to: string): Promise<void> {
  const found = await readTrainedOn(from);
  if (!found) return;
  const { own, teacher, teacherIs } = found;
  const passed = teacherIs === 'not known' ? teacherIs : 'none';
  await writeTrainedOn(to, { own: allSeen([own, teacher]), teacher: NOTHING_SEEN, teacherIs: passed });
}

async function writeNumbers(path: string, numbers: BigUint64Array): Promise<void> {
  await writeFile(path, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}

async function readNumbers(path: string): Promise<BigUint64Array> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const numbers = new BigUint64Array(Math.ceil(size / 8));
      const bytes = new Uint8Array(numbers.buffer);
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, done);
        if (bytesRead === 0) throw new RangeError(`found ${done} bytes, want a multiple of 8`);
        done += bytesRead;
      }
      return numbers;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw bad(path, messageOf(error), error);
  }
}

function bad(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(
    `Cannot read what the model was trained on: ${path}: ${reason}; run the stage that made it again`,
    {
      code: 'bad-trained-on',
      cause,
    },
  );
}
