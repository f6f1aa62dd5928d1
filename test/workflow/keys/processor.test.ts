import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cachesIn, instructionsIn, readProcessor } from '../../../src/workflow/keys/processor';
import { temporaryFolder } from '../../helpers/temporary-folder';

describe('instructionsIn()', () => {
  test('tells Haswell from Skylake of servers, and not two kernels that list other flags of one processor', () => {
    const cpuinfo = (flags: string): string => `processor\t: 0\nmodel name\t: X\nflags\t\t: ${flags}\nbugs\t\t:\n`;
    const haswell = 'fpu sse4_1 avx f16c fma avx2';
    expect(instructionsIn(cpuinfo(haswell))).toBe('avx avx2 f16c fma sse4_1');
    expect(instructionsIn(cpuinfo(`${haswell} avx512f avx512_vnni amx_bf16`))).toBe(
      'amx_bf16 avx avx2 avx512_vnni avx512f f16c fma sse4_1',
    );
    expect(instructionsIn(cpuinfo(`${haswell} tsc_known_freq arat`))).toBe(instructionsIn(cpuinfo(haswell)));
  });

  test('reads what Arm calls Features, and nothing where there is nothing', () => {
    expect(instructionsIn('Features\t: fp asimd asimddp i8mm bf16 crc32\n')).toBe('asimd asimddp bf16 i8mm');
    expect(instructionsIn('')).toBe('');
  });
});

describe('cachesIn()', () => {
  test('lists sizes by level, without those of instructions', async () => {
    const folder = await temporaryFolder();
    const write = async (index: number, level: string, type: string, size: string): Promise<void> => {
      const place = join(folder, `index${index}`);
      await mkdir(place);
      for (const [name, text] of Object.entries({ level, type, size })) await writeFile(join(place, name), `${text}\n`);
    };
    await write(0, '1', 'Data', '32K');
    await write(1, '1', 'Instruction', '64K');
    await write(2, '2', 'Unified', '512K');
    await writeFile(join(folder, 'uevent'), '');
    expect(cachesIn(folder)).toBe('L1 32K, L2 512K');
    expect(cachesIn(join(folder, 'none'))).toBe('');
  });
});

test('readProcessor() tells something on every system', () => {
  expect(readProcessor().instructions).not.toBe('');
});
