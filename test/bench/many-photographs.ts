import { closeSync, linkSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { arcfaceTemplate } from '../../src/faces/template';

const GROUPS = ['A', 'B', 'C', 'D'];
/** Edge of a photograph in pixels. */
const SIZE = 64;
/** File systems allow some 65,000 names for one file. */
const MOST_LINKS = 50_000;
/** Of so many photographs one has landmarks that are those of a face: each face takes 37 kB. */
const ONE_FACE_IN = 100;

/**
 * A data set as RFW is laid out, of so many photographs that are links to a few files. Each has a row of landmarks, most of them of no face.
 * @param each photographs of an identity
 */
export async function makePhotographs(root: string, count: number, each: number): Promise<void> {
  const picture = await jpeg();
  const rows = new Map(GROUPS.map(group => [group, openRows(root, group)]));
  let original = '';
  for (let index = 0; index < count; index++) {
    const group = GROUPS[Math.floor((index * GROUPS.length) / count)]!;
    const identity = `m.${String(Math.floor(index / each)).padStart(7, '0')}`;
    const folder = join(root, 'train', 'data', group, identity);
    const name = `${identity}_${String((index % each) + 1).padStart(4, '0')}.jpg`;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    if (index % MOST_LINKS === 0) writeFileSync((original = path), picture);
    else linkSync(original, path);
    writeSync(rows.get(group)!, `/${group}/${identity}/${name}\t0\t${landmarks(index).join('\t')}\n`);
  }
  for (const file of rows.values()) closeSync(file);
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
