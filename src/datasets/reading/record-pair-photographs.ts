import { readPairs } from '../../data/pair-list';
import { writePairPhotographs } from '../../leakage/pair-photographs';
import { openPhotoSet } from '../../data/photo-set';

/** Writes beside a pair list which photographs it means. Both folders are finished sets of one data set, and there is a pair. */
export async function recordPairPhotographs(photosFolder: string, pairsFolder: string): Promise<void> {
  const photos = await openPhotoSet(photosFolder);
  try {
    await writePairPhotographs(pairsFolder, await readPairs(pairsFolder), photos.rows());
  } finally {
    await photos.close();
  }
}
