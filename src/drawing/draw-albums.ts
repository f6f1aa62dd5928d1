import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { concat, defer, finalize, from, ignoreElements, switchMap, type Observable } from 'rxjs';
import { UserError } from '../errors';
import { seededRandom } from '../kit/math/random';
import type { Json } from '../stage';
import { pooled } from '../kit/streams/pooled';
import { annotateAlbum, writePairs } from './annotations';
import type { Point } from './curve';
import { requirePairs } from './pairs';
import { photograph } from './photograph';
import type { DrawingOptions } from './drawing-options';
import { albumsOf, photoName, sitterOf, type Album } from './photo-plan';

/** Checks the plan before any drawing. Throws a `UserError` (`nothing-to-draw`, `too-few-pairs`). `total` counts photos. */
export function planAlbums(options: DrawingOptions): { readonly total: number } {
  const albums = albumsOf(options);
  if (albums.length === 0)
    throw new UserError(
      'Cannot draw faces: trainIdentities and testIdentities are both 0, want at least one of them above 0',
      { code: 'nothing-to-draw' },
    );
  for (const album of albums.filter(({ split }) => split === 'test')) requirePairs(album, options.pairsPerFold);
  return { total: albums.reduce((sum, album) => sum + photosIn(album), 0) };
}

/**
 * Draws every photo that the options ask for into `root`, laid out as RFW, with its annotations; without pairs. Emits the
 * number of photos of an identity when they are written, in a fixed order.
 * @param cores never changes what is written
 */
export function drawAlbums(root: string, options: DrawingOptions, cores: number): Observable<number> {
  return concat(...albumsOf(options).map(album => drawAlbum(root, options, album, cores)));
}

/** Writes the pairs of the test albums, and returns how much there is of what, by split and group. */
export async function pairAlbums(root: string, options: DrawingOptions): Promise<Record<string, Json>> {
  const counts: Record<string, Record<string, Json>> = {};
  for (const album of albumsOf(options)) {
    const { split, group, identities } = album;
    const pairs = split === 'test' ? await pairAlbum(root, options, album) : 0;
    (counts[split] ??= {})[group] = { identities, images: photosIn(album), pairs };
  }
  return { photos: planAlbums(options).total, ...counts };
}

function drawAlbum(root: string, options: DrawingOptions, album: Album, cores: number): Observable<number> {
  return defer(() => from(annotateAlbum(root, album))).pipe(
    switchMap(annotations => {
      const photos = pooled({
        source: Array(album.identities).keys(),
        // An identity is by turns in a thread of the image library and in ours; the extra one fills the gaps.
        concurrency: cores + 1,
        work: index => drawIdentityPhotos(root, options, album, index),
        commit: ({ identity, landmarks }, label) => {
          annotations.add(identity, label, landmarks);
          return landmarks.length;
        },
      });
      const close = defer(() => from(annotations.close())).pipe(ignoreElements());
      return concat(photos, close).pipe(finalize(() => annotations.abandon()));
    }),
  );
}

interface IdentityPhotos {
  readonly identity: string;
  readonly landmarks: readonly (readonly Point[])[];
}

async function drawIdentityPhotos(
  root: string,
  options: DrawingOptions,
  album: Album,
  index: number,
): Promise<IdentityPhotos> {
  const sitter = sitterOf(options, album, index);
  const folder = path.join(root, album.split, 'data', album.group, sitter.name);
  await mkdir(folder, { recursive: true });
  const landmarks: (readonly Point[])[] = [];
  for (let number = 1; number <= album.imagesEach; number++) {
    const photo = await photograph(sitter, number, options.size);
    await writeFile(path.join(folder, photoName(sitter.name, number)), photo.jpeg);
    landmarks.push(photo.landmarks);
  }
  return { identity: sitter.name, landmarks };
}

function pairAlbum(root: string, options: DrawingOptions, album: Album): Promise<number> {
  const random = seededRandom(options.seed, 'pairs', options.domain, album.group);
  return writePairs(root, album, options.pairsPerFold, random, identity => sitterOf(options, album, identity).name);
}

function photosIn({ identities, imagesEach }: Album): number {
  return identities * imagesEach;
}
