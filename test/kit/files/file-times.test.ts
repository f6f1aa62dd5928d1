import { describe, expect, test } from '@jest/globals';
import { doubtfulFileSystem, silentForMs } from '../../../src/kit/files/file-times';
import { EXT4, pretendFileSystem } from '../../helpers/file-system';

const pretend = pretendFileSystem();

describe('doubtfulFileSystem()', () => {
  test.each([
    [0x01021994, 'tmpfs'],
    // Node gives some as signed numbers.
    [0x858458f6 - 2 ** 32, 'ramfs'],
    [0x2011bab0, 'exFAT'],
    [0x4d44, 'FAT'],
    [0x65735546, 'FUSE'],
    [0xef53, undefined],
    [0x58465342, undefined],
    [0x6969, undefined],
  ])('knows %p as %p', (type, kind) => {
    pretend(type);
    expect(doubtfulFileSystem('/', 1n)).toBe(process.platform === 'linux' ? kind : undefined);
  });

  test('asks once for each device, and trusts what cannot be asked', () => {
    const spy = pretend(EXT4).mockImplementation(() => {
      throw new Error('ENOSYS');
    });
    for (const device of [1n, 1n, 2n]) expect(doubtfulFileSystem('/', device)).toBeUndefined();
    expect(spy.mock.calls.length).toBe(process.platform === 'linux' ? 2 : 0);
  });
});

test('silentForMs() is at least as long as the coarsest times, and no hour', () => {
  expect(silentForMs()).toBeGreaterThanOrEqual(2000);
  expect(silentForMs()).toBeLessThan(3_600_000);
});
