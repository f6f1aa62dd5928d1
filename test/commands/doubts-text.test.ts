import type { statfsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { doubtsText } from '../../src/commands/doubts-text';
import { forgetFileSystems } from '../../src/util/file-times';
import { temporaryFolder } from '../helpers/temporary-folder';

const fs = jest.requireActual<typeof import('node:fs')>('node:fs');
let spy: jest.SpiedFunction<typeof statfsSync>;
beforeEach(() => {
  forgetFileSystems();
  spy = jest.spyOn(fs, 'statfsSync').mockReturnValue({ type: 0xef53 } as never);
});
afterEach(() => {
  spy.mockRestore();
  forgetFileSystems();
});

(process.platform === 'linux' ? describe : describe.skip)('doubtsText()', () => {
  test('says nothing where times show every change, and of what is not there', async () => {
    const folder = await temporaryFolder();
    expect(doubtsText([folder, `${folder}/none`])).toBe('');
    expect(spy).toHaveBeenCalledTimes(1);
  });

  test('names each file system once, with the first place on it', async () => {
    spy.mockReturnValue({ type: 0x2011bab0 } as never);
    const [one, two] = [await temporaryFolder(), await temporaryFolder()];
    const text = doubtsText([one, two, one]);
    expect(text).toBe(
      `Warning: ${one} (and 1 more) lies on exFAT, where a file can change without its times telling: everything there is read again ` +
        'each time, which takes longer; keep it on another file system where that matters\n',
    );
  });
});
