import { closeSync, linkSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { arcfaceTemplate } from '../../src/faces/alignment/template';

/** Edge of a photograph in pixels. */
const SIZE = 64;
/** File systems allow some 65,000 names for one file. */
const MOST_LINKS = 50_000;
/** Of so many pictures one has landmarks that are those of a face: each face takes 37 kB. */
const ONE_FACE_IN = 100;

export interface Photographs {
  readonly count: number;
  /** Of an identity. */
  readonly each: number;
  readonly groups: number;
  /** Of so many photographs one is a picture, the others are empty files: a million pictures take an hour to decode. */
  readonly onePictureIn: number;
}

/**
 * A data set as RFW is laid out, of so many photographs that are links to a few files. Each has a row of landmarks, most of them of no face.
 */
export async function makePhotographs(root: string, { count, each, groups, onePictureIn }: Photographs): Promise<void> {
  const contents = [await jpeg(), Buffer.alloc(0)];
  const names = Array.from({ length: groups }, (_, index) => `G${index}`);
  const rows = names.map(name => openRows(root, name));
  const originals = ['', ''];
  for (let index = 0; index < count; index++) {
    const place = Math.floor((index * groups) / count);
    const group = names[place]!;
    const identity = `m.${String(Math.floor(index / each)).padStart(7, '0')}`;
    const folder = join(root, 'train', 'data', group, identity);
    const name = `${identity}_${String((index % each) + 1).padStart(4, '0')}.jpg`;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    const kind = index % onePictureIn === 0 ? 0 : 1;
    if (index % MOST_LINKS === 0) originals.fill('');
    if (originals[kind] === '') writeFileSync((originals[kind] = path), contents[kind]!);
    else linkSync(originals[kind]!, path);
    writeSync(rows[place]!, `/${group}/${identity}/${name}\t0\t${landmarks(index).join('\t')}\n`);
  }
  rows.forEach(closeSync);
}

function openRows(root: string, group: string): number {
  const folder = join(root, 'train', 'txts', group);
  mkdirSync(folder, { recursive: true });
  return openSync(join(folder, `${group}_lmk.txt`), 'w');
}

function landmarks(index: number): string[] {
  const points = [...arcfaceTemplate(112)].map(at => (at * SIZE) / 112);
  const isFace = index % ONE_FACE_IN === 0;
  return points.map(at => (isFace ? at : SIZE / 2).toFixed(2));
}

async function jpeg(): Promise<Buffer> {
  const create = { width: SIZE, height: SIZE, channels: 3, background: '#806040' } as const;
  return sharp({ create }).jpeg().toBuffer();
}
