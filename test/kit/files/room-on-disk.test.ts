import { describe, expect, test } from '@jest/globals';
import { refuseWithoutRoom } from '../../../src/data/room-on-disk';
import { temporaryFolder } from '../../helpers/temporary-folder';

const room = { doing: 'align faces', what: '1,000 faces', bytes: 37_632_000 };

describe('refuseWithoutRoom()', () => {
  test('refuses what cannot fit, and says how much is needed, how much is free, and where', async () => {
    await expect(refuseWithoutRoom('/store', room, () => Promise.resolve(37_631_999))).rejects.toMatchObject({
      code: 'too-little-disk',
      exit: 6,
      message: expect.stringMatching(
        /^Cannot align faces: 1,000 faces take at least 37\.6 MB.*\/store has 37\.6 MB free.*--artifacts/,
      ),
    });
  });

  test('passes what just fits, and where nothing is known', async () => {
    await expect(refuseWithoutRoom('/store', room, () => Promise.resolve(37_632_000))).resolves.toBeUndefined();
    await expect(refuseWithoutRoom('/store', room, () => Promise.resolve(undefined))).resolves.toBeUndefined();
    await expect(refuseWithoutRoom('/nowhere/at/all', room)).resolves.toBeUndefined();
  });

  test('asks the file system', async () => {
    const folder = await temporaryFolder();
    await expect(refuseWithoutRoom(folder, { ...room, bytes: 1 })).resolves.toBeUndefined();
    await expect(refuseWithoutRoom(folder, { ...room, bytes: 1e19 })).rejects.toMatchObject({
      code: 'too-little-disk',
    });
  });
});
