import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';
import { foldName, spelled } from '../../kit/text/fold-name';
import { formatBytes } from '../../kit/text/human';
import { sha256Bytes } from '../../kit/files/sha256';
import { printable } from '../../kit/text/printable';
import { PICTURES_FILE, type FinishedArtifact, type Picture } from '../../stage';
import type { DrawEvent, DrawRequest } from './executor';

/** Pictures are for a person, who looks at some and not at thousands. */
const MOST_PICTURES = 100;
/** Of all pictures of an artifact, in bytes. */
const MOST_BYTES = 64 * 2 ** 20;
const LONGEST_NAME = 100;
const LONGEST_CAPTION = 500;

/** A name that is valid on every file system and in every page. */
const PLAIN_NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N} ._+,=()@-]*$/u;

/** Draws the pictures of an artifact into a folder, one after the other, and stops when asked. */
export async function drawPictures(
  request: DrawRequest,
  signal: AbortSignal,
  emit: (event: DrawEvent) => void,
): Promise<void> {
  const { stage, folder } = request;
  if (stage.pictures === undefined) throw new Error(`Stage ${stage.name} has no pictures`);
  const pictures = await stage.pictures();
  const assertPicture = pictureRules(stage.name);
  for await (const picture of pictures.draw(finishedArtifact(request))) {
    if (signal.aborted) return;
    const bytes = assertPicture(picture);
    const { file, caption, content } = picture;
    await writeFile(join(folder, file), content, { flag: 'wx' });
    emit({ type: 'picture', file, caption, bytes, sha256: sha256Bytes(Buffer.from(content)) });
  }
}

function finishedArtifact({ stage, artifact }: DrawRequest): FinishedArtifact {
  return {
    folder: artifact,
    output: port => {
      if (!Object.hasOwn(stage.outputs, port)) throw new Error(`Stage ${stage.name} has no output "${port}"`);
      return join(artifact, port);
    },
  };
}

/** Gives the size of the next picture in bytes, or throws UserError `bad-picture`. */
function pictureRules(stage: string): (picture: Picture) => number {
  const names = new Set([foldName(PICTURES_FILE)]);
  let total = 0;
  return ({ file, caption, content }) => {
    const refuse = (wanted: string): never => {
      const name = typeof file === 'string' ? spelled(file) : typeof file;
      throw new UserError(`Stage "${stage}" drew a picture ${name} that cannot be kept: ${wanted}`, {
        code: 'bad-picture',
      });
    };
    if (!isPlainName(file))
      refuse(
        `its name must be letters, digits and " ._+,=()@-", without folders, and at most ${LONGEST_NAME} characters`,
      );
    // Compared as file systems that ignore case and normalisation compare names.
    if (names.has(foldName(file))) refuse(`another file of the pictures has this name; give each its own`);
    if (!isCaption(caption))
      refuse(`its caption must be one line of printable text, at most ${LONGEST_CAPTION} characters`);
    if (typeof content !== 'string' && !ArrayBuffer.isView(content)) refuse('its content must be a text or bytes');
    const bytes = Buffer.byteLength(content);
    names.add(foldName(file));
    total += bytes;
    if (names.size > MOST_PICTURES + 1) refuse(`draw at most ${MOST_PICTURES} pictures`);
    if (total > MOST_BYTES) refuse(`draw at most ${formatBytes(MOST_BYTES)} in all`);
    return bytes;
  };
}

/** Not a hidden one, and none that Windows would name otherwise. */
function isPlainName(file: unknown): boolean {
  return typeof file === 'string' && file.length <= LONGEST_NAME && PLAIN_NAME.test(file) && !/[. ]$/.test(file);
}

function isCaption(caption: unknown): boolean {
  if (typeof caption !== 'string' || caption.trim() === '' || caption.length > LONGEST_CAPTION) return false;
  return printable(caption) === caption && !caption.includes('\n');
}
