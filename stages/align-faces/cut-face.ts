import type { PhotoRow, PhotoSet } from '../../src/data/photo-set';
import { readPhotograph } from '../../src/datasets/reading/read-photograph';
import { alignFace, lookAt, type Aligned } from '../../src/faces/alignment/align';
import { faceSource, type KnownFace, type KnownFaces } from '../../src/faces/alignment/known-faces';
import { arcfaceTemplate } from '../../src/faces/alignment/template';
import { isLookedAt } from '../../src/faces/checks/row-judge';
import type { ContextOf } from '../../src/stage';
import type { alignFaces } from './index';

/** What was made of a photograph. */
export interface Cutting {
  readonly photo: PhotoRow;
  /** What the face follows from; undefined without landmarks. */
  readonly source: string | undefined;
  /** The face, where an earlier artifact has it. */
  readonly taken: KnownFace | undefined;
  readonly face: Aligned;
  /** What its landmarks are judged by, of a photograph that is looked at. */
  readonly image: Aligned['image'];
}

/** Cuts the face out of a photograph, or takes it from an earlier artifact. */
export function faceCutter(
  { options: { size, template: named } }: ContextOf<typeof alignFaces>,
  photos: PhotoSet,
  known: KnownFaces,
): (photo: PhotoRow) => Promise<Cutting> {
  const shape = { size, template: named };
  const template = arcfaceTemplate(size);
  return async photo => {
    const source = photo.landmarks && faceSource(photo.sha256, photo.landmarks, shape);
    const taken = source === undefined ? undefined : await known.find(source);
    // Also of those whose faces are known: what is found must not depend on what was there before.
    const looked = isLookedAt(photo.sha256, photos.info.groups[photo.group]!.images);
    if (!taken) {
      const how = { ...shape, template, name: photo.path, isLookedAt: looked };
      const face = await alignFace(await readPhotograph(photos, photo), photo.landmarks, how);
      return { photo, source, taken, face, image: face.image };
    }
    const image = looked ? await lookAt(await readPhotograph(photos, photo), photo.path) : undefined;
    return { photo, source, taken, face: { ok: true, ...taken }, image };
  };
}
