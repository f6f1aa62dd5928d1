import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { arcfaceTemplate } from '../../src/faces/alignment/template';

export const PHOTO = { width: 150, height: 160 };

/** The ArcFace template, moved 20 px right and 30 px down. */
export const LANDMARKS = Array.from(arcfaceTemplate(112), (value, i) => Number((value + (i % 2 ? 30 : 20)).toFixed(2)));

/** The options of read-faces by default. */
export const READING = { format: 'auto', split: 'train', domain: 'real', allowMissing: 0.1 } as const;

/** The options of align-faces by default. */
export const ALIGNING = {
  size: 112,
  template: 'arcface',
  allowSkipped: 0,
  damaged: 'fail',
  oddLandmarks: 'fail',
} as const;

/** Writes a file with its folders; returns its path. */
export async function put(root: string, path: string, content: string | Uint8Array): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `fairdistill-${name}-`));
}

/** A small JPEG, not bluer than it is red; another one for every tone (0 to 255). */
export function photo(tone: number): Promise<Buffer> {
  const { width, height } = PHOTO;
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const across = Math.floor(i / 3) % width;
    return [tone, (across + 3 * tone) % 256, 0][i % 3]!;
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

export interface PhotoFolder {
  readonly root: string;
  /** Absolute path of a group's text file, `<Group>_<kind>.txt`. */
  readonly txt: (group: string, kind: string) => string;
}

/** Writes RFW-like data: photographs `<identity>_0001.jpg` … and landmark rows for all of them. */
export async function writePhotoFolder(
  groups: string,
  { split = 'train', identities = 2, images = 2 } = {},
): Promise<PhotoFolder> {
  const root = await temporaryFolder('photos');
  for (const [g, group] of Array.from(groups).entries()) {
    const rows: string[] = [];
    for (let id = 0; id < identities; id++) {
      const identity = identityName(group, id);
      for (let i = 1; i <= images; i++) {
        const path = `${split}/data/${group}/${identity}/${identity}_000${i}.jpg`;
        await put(root, path, await photo((g * 60 + id * 20 + i * 3) % 256));
        rows.push([`/${path}`, id, ...LANDMARKS].join('\t'));
      }
    }
    await put(root, `${split}/txts/${group}/${group}_lmk.txt`, rows.join('\n') + '\n');
  }
  return { root, txt: (group, kind) => join(root, split, 'txts', group, `${group}_${kind}.txt`) };
}

/** The name of identity `id` in the folders above. */
export function identityName(group: string, id: number): string {
  return `m.${group.toLowerCase()}${id}`;
}

/** Lines of a pair file: per fold `n` genuine and `n` impostor pairs. */
export function pairLines(group: string, n: number): string[] {
  return Array.from({ length: 10 }).flatMap(() => [
    ...Array.from({ length: n }, () => [identityName(group, 0), 1, 2].join('\t')),
    ...Array.from({ length: n }, () => [identityName(group, 0), 1, identityName(group, 1), 2].join('\t')),
  ]);
}
