import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asStorageError, asSystemError } from '../../../src/workflow/store/storage-error';
import { openStore } from '../../../src/workflow/store/store';
import { UserError } from '../../../src/errors';
import { describeNoStart } from '../../../src/workflow/executors/describe-death';
import { isWorthAnother } from '../../../src/workflow/run/failure';
import { CLOCK } from '../../helpers/rig';

const failed = (code: string, path?: string): Error => Object.assign(new Error(`${code}: failed`), { code, path });

describe('a system error', () => {
  test.each(['ENOSPC', 'EXDEV', 'EFBIG', 'ENAMETOOLONG', 'ELOOP', 'EAGAIN', 'ESTALE', 'ENXIO', 'ENODEV'])(
    '%s is no defect of ours, in the store and elsewhere',
    code => {
      for (const error of [asStorageError(failed(code, '/store/x'), '/store'), asSystemError(failed(code))]) {
        expect(error).toMatchObject({ code: 'storage', exit: 6, message: expect.stringContaining(code) });
      }
    },
  );

  test.each(['ENOENT', 'EINVAL'])('%s stays what it is', code => {
    const error = failed(code);
    expect([asStorageError(error, '/root'), asSystemError(error)]).toEqual([error, error]);
  });

  test('in the start of a process is told with the limits to raise, and worth another attempt', () => {
    const error = describeNoStart('draw', 'run', failed('EAGAIN'));
    expect(error).toMatchObject({ code: 'stage-not-started', message: expect.stringContaining('ulimit -u') });
    expect([error instanceof UserError, isWorthAnother(error)]).toEqual([true, true]);
    const other = failed('ENOENT');
    expect(describeNoStart('draw', 'run', other)).toBe(other);
  });
});

describe('openStore()', () => {
  test('says what a link to a disk that is not mounted is, and what a path is that is too long', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairdistill-'));
    const dangling = join(folder, 'dangling');
    symlinkSync(join(folder, 'not', 'mounted'), dangling);
    await expect(openStore(dangling, CLOCK)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('a link that leads nowhere'),
    });
    const long = join(folder, ...Array.from({ length: 25 }, () => 'x'.repeat(200)));
    await expect(openStore(long, CLOCK)).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('longer than the system allows'),
    });
  });
});
