import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaceSet } from '../../src/data/face-set';
import { seededRandom } from '../../src/kit/math/random';

export interface TestFace {
  readonly group: string;
  readonly identity: string;
  readonly path: string;
  readonly pixels: Uint8Array;
}

/** Patterns for faces: each identity a random picture, each image of it that picture with noise. */
export function testFaces(groups: string, identities: number, images: number, size: number, noise: number): TestFace[] {
  return Array.from(groups).flatMap(group =>
    Array.from({ length: identities }, (_, id) => {
      const identity = `${group}${id}`;
      const random = seededRandom(0, identity);
      const own = Float64Array.from({ length: size * size * 3 }, () => 40 + 175 * random.uniform());
      return Array.from({ length: images }, (_, image) => ({
        group,
        identity,
        path: `test/data/${group}/${identity}/${identity}_000${image + 1}.jpg`,
        pixels: Uint8Array.from(own, value => Math.max(0, Math.min(255, value + noise * random.normal()))),
      }));
    }).flat(),
  );
}

/** Writes a face set into a new temporary folder. */
export async function writeFaceSet(faces: readonly TestFace[], size: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-faces-'));
  const writer = await createFaceSet(folder, { size });
  for (const { pixels, ...face } of faces) await writer.add({ ...face, domain: 'real', residual: 0 }, pixels);
  await writer.close();
  return folder;
}

/** Nothing of a face but its digests, for what only looks at those. */
export interface ContentFace {
  readonly key: string;
  readonly photo?: string;
}

/** A face set whose rows have these digests and no pixels that count. */
export async function writeContents(
  faces: readonly (ContentFace & Partial<Omit<TestFace, 'pixels'>>)[],
  domain = 'real',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-contents-'));
  const writer = await createFaceSet(folder, { size: 1 });
  for (const [row, face] of faces.entries()) {
    const about = { group: 'A', identity: `p${row}`, path: `A/p${row}/${row}.jpg`, domain, residual: 0 };
    await writer.add({ ...about, ...face }, new Uint8Array(3).fill(row));
  }
  await writer.close();
  return folder;
}

/** 64 hex digits that begin with those of a number. */
export function digest(number: number): string {
  return number.toString(16).padStart(2, '0').padEnd(64, '5');
}
