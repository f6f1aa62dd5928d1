import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contactSheet, type Tile } from '../pictures/sheets/contact-sheet';
import { decodeImage } from '../faces/decoding/decode';
import type { DrawingOptions } from './drawing-options';
import { albumsOf, photoName, sitterOf } from './photo-plan';

const PEOPLE = 4;
const PHOTOS_EACH = 3;

/** A contact sheet of drawn photos as a JPEG: a row for each group of each split, some people with some photos of each. */
export async function albumSheet(root: string, options: DrawingOptions): Promise<Buffer> {
  const albums = albumsOf(options);
  // Every row is as long as the shortest, so that rows stay groups.
  const people = Math.min(PEOPLE, ...albums.map(album => album.identities));
  const photosEach = Math.min(PHOTOS_EACH, ...albums.map(album => album.imagesEach));
  const tiles: Tile[] = [];
  for (const album of albums) {
    for (let person = 0; person < people; person++) {
      const { name } = sitterOf(options, album, person);
      for (let number = 1; number <= photosEach; number++) {
        const file = path.join(root, album.split, 'data', album.group, name, photoName(name, number));
        tiles.push({ ...(await decodeImage(await readFile(file), file)), label: number === 1 ? name : `#${number}` });
      }
    }
  }
  const title = `drawn faces, ${options.domain}: a row for each group`;
  return contactSheet(tiles, { columns: people * photosEach, title });
}
