import { describe, expect, test } from '@jest/globals';
import { openFaceSet } from '../../../src/data/face-set';
import type { StageEvent } from '../../../src/stage';
import { checkPeople } from '../../../src/learning/training/people';
import { readSamples } from '../../../src/learning/training/samples';
import { testFaces, writeFaceSet } from '../../helpers/face-set';
import { temporaryFolder } from '../../helpers/temporary-folder';

async function warned(facesOfPerson: (person: number) => number): Promise<string[]> {
  const faces = testFaces('A', 6, 3, 16, 20).filter((_, i) => i % 3 < facesOfPerson(Math.floor(i / 3)));
  const input = { stage: 'align', folder: await writeFaceSet(faces, 16), digest: 'sha256:1' };
  const set = await openFaceSet(input.folder);
  const texts: string[] = [];
  const emit = (event: StageEvent): void => {
    if (event.type === 'log' && event.level === 'warn') texts.push(event.text);
  };
  try {
    const sources = [{ input, faces: set }];
    await checkPeople(sources, await readSamples(sources), {}, await temporaryFolder(), emit);
  } finally {
    await set.close();
  }
  return texts;
}

describe('checkPeople()', () => {
  test('warns where more than half of the people have a single face', async () => {
    expect(await warned(person => (person < 4 ? 1 : 3))).toEqual([
      expect.stringContaining('4 of 6 identities have a single face'),
    ]);
  });

  test('does not where half of them have', async () => {
    expect(await warned(person => (person < 3 ? 1 : 3))).toEqual([]);
  });
});
