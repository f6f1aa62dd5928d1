import { describe, expect, test } from '@jest/globals';
import { doubtsText } from '../../../src/commands/shared/doubts-text';
import { EXFAT, EXT4, pretendFileSystem } from '../../helpers/file-system';
import { temporaryFolder } from '../../helpers/temporary-folder';

const pretend = pretendFileSystem();

(process.platform === 'linux' ? describe : describe.skip)('doubtsText()', () => {
  test('says nothing where times show every change, and of what is not there', async () => {
    const asked = pretend(EXT4);
    const folder = await temporaryFolder();
    expect(doubtsText([folder, `${folder}/none`])).toBe('');
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test('names each file system once, with the first place on it', async () => {
    pretend(EXFAT);
    const [one, two] = [await temporaryFolder(), await temporaryFolder()];
    const text = doubtsText([one, two, one]);
    expect(text).toBe(
      `Warning: ${one} (and 1 more) is on exFAT, where a file can change although its times do not: everything there is read again ` +
        'each time, which takes longer; use another file system if that matters\n',
    );
  });
});
