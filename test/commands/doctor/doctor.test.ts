import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { describeMachine, vectorsIn } from '../../../src/commands/shared/describe-machine';
import { doctorCommand } from '../../../src/commands/doctor/doctor';
import { doctorText, type Diagnosis } from '../../../src/commands/doctor/doctor-text';
import { recordingEffects } from '../../helpers/effects';
import { temporaryFolder } from '../../helpers/rig';

const DIAGNOSIS: Diagnosis = {
  version: '1.2.3',
  machine: {
    platform: 'linux x64',
    node: 'v20.20.2',
    cpu: 'Some CPU',
    cores: 2,
    memory: 24e9,
    vectors: ['AVX2', 'AMX BF16'],
  },
  engines: [
    { name: 'tensorflow', summary: 'of Google', usable: true, gpu: true, found: 'a GPU' },
    { name: 'webgpu', summary: 'any GPU', usable: false, found: 'Dawn', missing: 'a driver', enable: 'apt-get it' },
  ],
  auto: { name: 'tensorflow', detail: 'a GPU' },
};

describe('doctorText()', () => {
  test('tells the machine, every engine with what is missing and how to get it, and which one auto takes', () => {
    expect(doctorText(DIAGNOSIS)).toBe(`fairdistill 1.2.3, Node 20.20.2, linux x64
2 cores of Some CPU, 24.0 GB of memory
Vector extensions: AVX2, AMX BF16

tensorflow: usable, on a GPU (of Google)
  found    a GPU

webgpu: not usable (any GPU)
  found    Dawn
  missing  a driver
  enable   apt-get it

--engine auto selects tensorflow: a GPU
`);
  });
});

describe('doctorCommand()', () => {
  test('finds an engine that works on this machine, and ends with 0', async () => {
    const cwd = await temporaryFolder();
    const { effects, out, err } = recordingEffects({ cwd });
    expect(await doctorCommand({ artifacts: 'elsewhere' }, effects)).toBe(0);
    expect(out()).toMatch(/^wasm: usable /m);
    expect(out()).toMatch(/^--engine auto selects (tensorflow|webgpu|onednn|wasm): /m);
    expect(err()).toBe('');
  });

  test('prints the same as one line of JSON', async () => {
    const { effects, out, writes } = recordingEffects({ cwd: await temporaryFolder() });
    await doctorCommand({ artifacts: 'artifacts', json: true }, effects);
    const diagnosis = JSON.parse(out()) as Diagnosis;
    expect(writes()).toBe(1);
    expect(diagnosis.machine).toEqual(JSON.parse(JSON.stringify(describeMachine())));
    expect(diagnosis.engines.find(({ name }) => name === diagnosis.auto.name)?.usable).toBe(true);
  });

  test('looks anew: what runs have remembered is forgotten', async () => {
    const cwd = await temporaryFolder();
    const notes = join(cwd, 'artifacts', '.store', 'engine-probes');
    await mkdir(notes, { recursive: true });
    await writeFile(join(notes, 'tensorflow-of-yesterday.json'), '{}');
    await doctorCommand({ artifacts: 'artifacts' }, recordingEffects({ cwd }).effects);
    expect(existsSync(join(notes, 'tensorflow-of-yesterday.json'))).toBe(false);
  });

  test('tells all the same where the notes cannot be removed', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'artifacts'), 'a file in the place of the folder');
    const { effects, out } = recordingEffects({ cwd });
    expect(await doctorCommand({ artifacts: 'artifacts' }, effects)).toBe(0);
    expect(out()).toMatch(/^wasm: usable /m);
  });

  test.each([
    [{ wheel: 'a.whl' }, 'need --fix with an engine'],
    [{ library: 'lib' }, 'need --fix with an engine'],
    [{ fix: 'tensorflow', wheel: 'a.whl', library: 'lib' }, 'give one'],
    // An engine that is built with the library of the system.
    [{ fix: 'onednn', library: 'lib' }, '--fix onednn takes no --library'],
    [{ fix: 'webgpu', wheel: 'a.whl' }, '--fix webgpu takes no --wheel'],
  ])('refuses %o', async (options, words) => {
    const { effects } = recordingEffects();
    await expect(doctorCommand({ artifacts: 'artifacts', ...options }, effects)).rejects.toMatchObject({
      code: 'bad-option',
      exit: 2,
      message: expect.stringContaining(words),
    });
  });
});

describe('vectorsIn()', () => {
  test('finds what matters in the flags of the first processor', () => {
    const x86 =
      'processor\t: 0\nflags\t\t: fpu sse2 avx2 avx512f avx512_vnni amx_bf16 amx_tile\n\nflags\t: avx512_bf16\n';
    expect(vectorsIn(x86)).toEqual(['AVX2', 'AVX-512', 'AVX-512 VNNI', 'AMX BF16']);
    expect(vectorsIn('Features\t: fp asimd sve bf16\n')).toEqual(['NEON', 'SVE', 'BF16']);
  });

  test('finds nothing in another text', () => {
    expect(vectorsIn('')).toEqual([]);
    expect(vectorsIn('flags: noavx2\n')).toEqual([]);
  });
});
