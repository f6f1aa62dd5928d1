import type { statfsSync } from 'node:fs';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { forgetFileSystems } from '../../src/kit/files/file-times';

/** Of statfs(2). */
export const [EXT4, TMPFS, EXFAT] = [0xef53, 0x01021994, 0x2011bab0];

// The object whose members the modules call, which an import would hide behind getters.
const fs = jest.requireActual<typeof import('node:fs')>('node:fs');

/** What every file system of this file's tests says that it is, wherever their folders lie: ext4, until a test says something else. */
export function pretendFileSystem(): (type: number) => jest.SpiedFunction<typeof statfsSync> {
  let spy: jest.SpiedFunction<typeof statfsSync>;
  const pretend = (type: number): typeof spy => {
    forgetFileSystems();
    return spy.mockReturnValue({ type } as never);
  };
  beforeEach(() => {
    spy = jest.spyOn(fs, 'statfsSync');
    pretend(EXT4);
  });
  afterEach(() => {
    spy.mockRestore();
    forgetFileSystems();
  });
  return pretend;
}
