import { constants, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { access, chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PICTURES_FILE, PICTURES_FOLDER } from '../../../stage';
import { errnoOf } from '../../../kit/files/errno';
import { rename } from '../../../kit/files/rename';
import { readSealedJson, sealedText } from '../../../kit/files/sealed-json';
import { sha256Bytes } from '../../../kit/files/sha256';
import { MANIFEST_FILE } from './manifest';
import { temporaryName } from '../leases/owner';
import type { Artifact, Store } from '../store';

/**
 * `pictures/pictures.json` in the folder of an object. The pictures are no part of what the object is: neither its id nor its manifest covers them,
 * and when they are missing or damaged they are drawn again.
 */
export interface PictureSet {
  /** Digest of the code that has drawn them. */
  readonly code: string;
  readonly pictures: readonly PictureRecord[];
}

export interface PictureRecord {
  /** Name in the folder of the pictures. */
  readonly file: string;
  readonly caption: string;
  readonly bytes: number;
  /** Of the file, hex. */
  readonly sha256: string;
}

const KIND = 'fairdistill-pictures';
const FORMAT = 1;
/** Others may put theirs in the place just as often. */
const MOST_TRIES = 5;

/** Reads what is known of the pictures in the folder of an object. Undefined where they are missing, damaged or not to be read: not drawn. */
export function readPictures(folder: string): PictureSet | undefined {
  const place = join(folder, PICTURES_FOLDER);
  try {
    if (!lstatSync(place).isDirectory()) return undefined;
    const value = readSealedJson(join(place, PICTURES_FILE));
    if (value === undefined || typeof value === 'string') return undefined;
    const { kind, format, code, pictures } = value as Partial<PictureSet> & { kind?: unknown; format?: unknown };
    if (kind !== KIND || format !== FORMAT || typeof code !== 'string' || !Array.isArray(pictures)) return undefined;
    return pictures.every(picture => isWhole(place, picture)) ? { code, pictures } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with the pictures in the folder of an object, every byte read; undefined where they are sound, where there are none, and where
 * they are not to be read.
 */
export function damageOfPictures(folder: string): string | undefined {
  const place = join(folder, PICTURES_FOLDER);
  try {
    if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return undefined;
    readdirSync(place);
    const set = readPictures(folder);
    if (set === undefined) return `${PICTURES_FILE} and the files beside it do not fit`;
    const wrong = set.pictures.find(({ file, sha256 }) => sha256Bytes(readFileSync(join(place, file))) !== sha256);
    return wrong === undefined ? undefined : `${wrong.file} is not what was drawn`;
  } catch (error) {
    if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** The pictures in the folder of an object; none where they are not drawn. */
export function picturesIn(folder: string): readonly PictureRecord[] {
  return readPictures(folder)?.pictures ?? [];
}

/** The same, and whether other code has drawn them than `code`, which is undefined where that is not known. */
export function drawnPictures(
  folder: string,
  code: string | undefined,
): { readonly pictures: readonly PictureRecord[]; readonly outdated: boolean } {
  const set = readPictures(folder);
  return { pictures: set?.pictures ?? [], outdated: set !== undefined && code !== undefined && set.code !== code };
}

/** Makes an empty folder to draw in. Rejects where the artifact could not take the pictures, so that nothing is drawn for nothing. */
export async function beginPictures(store: Store, { folder, manifest, action }: Artifact): Promise<string> {
  if (manifest.folders.includes(PICTURES_FOLDER) || manifest.files.some(({ path }) => path === PICTURES_FOLDER))
    throw new Error(`Its stage has written "${PICTURES_FOLDER}" itself`);
  await access(folder, constants.W_OK);
  const drawn = join(store.temporary, temporaryName(`${action.object}.pictures`, store.clock.randomName()));
  await mkdir(drawn);
  return drawn;
}

/**
 * Puts the pictures that were drawn in a folder beside an artifact, in place of older ones. Whoever does the same at the same time, and a kill
 * at any moment, leaves the old ones, none, or new ones: never a part.
 */
export async function keepPictures(
  store: Store,
  { folder, action }: Artifact,
  drawn: string,
  { code, pictures }: PictureSet,
): Promise<void> {
  await writeFile(join(drawn, PICTURES_FILE), sealedText({ kind: KIND, format: FORMAT, code, pictures }));
  await openAlike(drawn, folder);
  const place = join(folder, PICTURES_FOLDER);
  const aside = join(store.temporary, temporaryName(`${action.object}.pictures.old`, store.clock.randomName()));
  for (let tries = 1; ; tries++) {
    try {
      await moveAway(place, `${aside}-${tries}`);
      await rename(drawn, place);
      return;
    } catch (error) {
      // EPERM is what Windows says.
      if (tries === MOST_TRIES || !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
    } finally {
      await removeQuietly(`${aside}-${tries}`);
    }
  }
}

/** What cannot be removed is left to the next process that opens the store. */
export async function removeQuietly(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Whoever may read the object may see its pictures, whatever the umask of this process is. Some file systems know no such thing. */
async function openAlike(drawn: string, folder: string): Promise<void> {
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
  try {
    const [ofFolder, ofFile] = await Promise.all([modeOf(folder), modeOf(join(folder, MANIFEST_FILE))]);
    for (const name of await readdir(drawn)) await chmod(join(drawn, name), ofFile);
    await chmod(drawn, ofFolder);
  } catch {
    // They are there all the same.
  }
}

async function moveAway(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** Whether it is there in its size. Its seal can be forged, and its name must not lead elsewhere. */
function isWhole(place: string, picture: unknown): boolean {
  const { file, caption, bytes, sha256 } = (picture ?? {}) as Partial<PictureRecord>;
  if (typeof file !== 'string' || typeof caption !== 'string' || typeof sha256 !== 'string') return false;
  if (/^\.|[\\/]/.test(file)) return false;
  const stat = lstatSync(join(place, file), { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === bytes;
}
