import { join, resolve } from 'node:path';
import type { PhotoSet } from '../../src/data/photo-set';
import { meanFaces, type MeanFaces } from '../../src/faces/alignment/mean-faces';
import { skippedPhotographs, type SkippedPhotographs } from '../../src/faces/alignment/skipped-photographs';
import { oddLandmarks, type OddLandmarks } from '../../src/faces/checks/odd-landmarks';
import { oddPictures, type OddPictures } from '../../src/faces/checks/odd-pictures';
import { residualStatistics, type ResidualStatistics } from '../../src/faces/checks/residual-statistics';
import { own } from '../../src/kit/own';
import type { ContextOf } from '../../src/stage';
import type { Cutting } from './cut-face';
import type { alignFaces } from './index';

/** What is learnt of the faces of a photo set while they are cut out. */
export interface Findings {
  readonly skipped: SkippedPhotographs;
  readonly odd: OddLandmarks;
  readonly pictures: OddPictures;
  readonly residuals: ResidualStatistics;
  readonly means: MeanFaces;
  /** Takes note of one photograph, in their order; returns its face, or undefined when it gives none. */
  add(cutting: Cutting): Promise<{ readonly pixels: Uint8Array; readonly residual: number } | undefined>;
  close(): Promise<void>;
}

/** Reasons to give no face that speak of the landmarks' order; the others say nothing of a face. */
const TELLING: ReadonlySet<string> = new Set(['landmarks-not-a-face', 'landmarks-outside-image']);

export function openFindings({ options, folder }: ContextOf<typeof alignFaces>, photos: PhotoSet): Findings {
  const { size } = options;
  const skipped = skippedPhotographs(join(folder, 'skipped.csv'));
  const odd = oddLandmarks(join(folder, 'odd-landmarks.csv'), options.oddLandmarks, group => {
    const file = own(photos.info.landmarkFiles, group);
    return file === undefined ? undefined : resolve(photos.root, file);
  });
  const pictures = oddPictures(size);
  const residuals = residualStatistics();
  const means = meanFaces(size);
  return {
    ...{ skipped, odd, pictures, residuals, means },
    async add({ photo, face, image }) {
      const { path, identity, group, landmarks } = photo;
      if (landmarks && (face.ok || TELLING.has(face.reason))) await odd.add(photo, landmarks, image);
      if (!face.ok) {
        await skipped.add({ path, group, identity, reason: face.reason, detail: face.detail });
        return undefined;
      }
      const { pixels } = face;
      // As the table keeps it: the numbers of a face must not depend on where it comes from.
      const residual = Math.fround(face.residual);
      residuals.add(group, residual);
      means.add(group, pixels);
      pictures.add(photo, pixels);
      return { pixels, residual };
    },
    async close() {
      await skipped.close();
      await odd.close();
    },
  };
}
