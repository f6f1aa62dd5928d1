import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Point } from './curve';
import { pairsOf, type DrawnPair } from './pairs';
import { photoName, type Album } from './photo-plan';
import type { Random } from '../kit/math/random';

/** Writes the text files of an album as RFW has them, one identity at a time. */
export interface AlbumAnnotations {
  /** `label` counts the album's identities from 0; `landmarks` has five points for each photo, in order. */
  add(identity: string, label: number, landmarks: readonly (readonly Point[])[]): void;
  close(): Promise<void>;
  /** Gives the files back when the drawing ends early; harmless after `close`. */
  abandon(): void;
}

/** Opens `<root>/<split>/txts/<Group>/`. */
export async function annotateAlbum(root: string, { split, group }: Album): Promise<AlbumAnnotations> {
  const folder = await textFolder(root, { split, group });
  const open = (kind: string): LineFile => lineFile(path.join(folder, `${group}_${kind}.txt`));
  const landmarkFile = open('lmk');
  const imageFile = open('images');
  const peopleFile = open('people');
  const files = [landmarkFile, imageFile, peopleFile];
  return {
    add: (identity, label, photos) => {
      photos.forEach((landmarks, index) => {
        const file = photoName(identity, index + 1);
        const numbers = landmarks.flat().map(value => value.toFixed(3));
        landmarkFile.line([`/${split}/data/${group}/${identity}/${file}`, label, ...numbers]);
        imageFile.line([file, label]);
      });
      peopleFile.line([identity, photos.length]);
    },
    close: async () => {
      await Promise.all(files.map(file => file.close()));
    },
    abandon: () => files.forEach(file => file.abandon()),
  };
}

/** Writes `<Group>_pairs.txt` of a test album and says how many pairs it has. */
export async function writePairs(
  root: string,
  album: Album,
  perFold: number,
  random: Random,
  nameOf: (identity: number) => string,
): Promise<number> {
  const file = lineFile(path.join(await textFolder(root, album), `${album.group}_pairs.txt`));
  const fields = ({ a, b }: DrawnPair): (string | number)[] =>
    a[0] === b[0] ? [nameOf(a[0]), a[1], b[1]] : [nameOf(a[0]), a[1], nameOf(b[0]), b[1]];
  let count = 0;
  for (const fold of pairsOf(album, perFold, random)) {
    fold.forEach(pair => file.line(fields(pair)));
    count += fold.length;
  }
  await file.close();
  return count;
}

async function textFolder(root: string, { split, group }: Pick<Album, 'split' | 'group'>): Promise<string> {
  const folder = path.join(root, split, 'txts', group);
  await mkdir(folder, { recursive: true });
  return folder;
}

interface LineFile {
  line(fields: readonly (string | number)[]): void;
  close(): Promise<void>;
  abandon(): void;
}

/** A file of tab-separated lines. Lines are far fewer than pixels, so the stream's buffer is not waited for. */
function lineFile(file: string): LineFile {
  const stream = createWriteStream(file);
  // Taken now, so that a full disk is reported by close() and not as an unhandled event.
  const written = finished(stream);
  written.catch(() => undefined);
  return {
    line: fields => stream.write(`${fields.join('\t')}\n`),
    close: async () => {
      stream.end();
      await written;
    },
    abandon: () => stream.destroy(),
  };
}
