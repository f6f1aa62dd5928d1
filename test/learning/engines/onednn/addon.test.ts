import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findAddon, loadAddon } from '../../../../src/learning/engines/onednn/addon';
import { REPOSITORY } from '../../../helpers/run-cli';
import { describeNative } from '../../../helpers/usable-engines';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'addon-'));
  mkdirSync(join(root, 'native', 'build'), { recursive: true });
  mkdirSync(join(root, 'native', 'tools'));
  writeFileSync(join(root, 'native', 'tools', 'cpu.js'), `exports.cpuOf = () => ({ flags: ['avx2', 'fma'] });`);
});

afterEach(() => rmSync(root, { recursive: true }));

function note(content: object): void {
  writeFileSync(join(root, 'native', 'build', 'build.json'), JSON.stringify(content));
}

function addon(content: string): void {
  writeFileSync(join(root, 'native', 'build', 'onednn.node'), content);
}

const BUILT = {
  built: true,
  compiler: 'g++ 12',
  onednn: { version: '2.6.3', place: 'system' },
  cpu: { flags: ['avx2'] },
};

describe('findAddon()', () => {
  test('says how to build what was never built', () => {
    expect(findAddon(root)).toEqual({
      usable: false,
      found: 'nothing',
      missing: 'the addon was never built',
      enable: 'node native/build.js',
    });
  });

  test('repeats why nothing was built', () => {
    note({ built: false, reason: 'no compiler', enable: 'install one' });
    expect(findAddon(root)).toMatchObject({ usable: false, missing: 'no compiler', enable: 'install one' });
  });

  test('refuses an addon built for instructions that this processor lacks', () => {
    note({ ...BUILT, cpu: { flags: ['amx_bf16', 'avx2', 'avx512f'] } });
    addon('');
    expect(findAddon(root)).toMatchObject({
      usable: false,
      missing: 'it was built for a processor that knows amx_bf16, avx512f',
      enable: 'node native/build.js',
    });
  });

  test('misses an addon that was deleted', () => {
    note(BUILT);
    expect(findAddon(root)).toMatchObject({ usable: false, missing: 'the addon was deleted' });
  });

  test('says what is there, and which files did not compile', () => {
    note({ ...BUILT, leftOut: [{ source: 'pool.cc', problem: 'no such type' }] });
    addon('');
    expect(findAddon(root)).toEqual({
      usable: true,
      found: 'oneDNN 2.6.3 (system), built with g++ 12',
      missing: 'pool.cc did not compile: no such type',
    });
  });
});

describe('loadAddon()', () => {
  test('throws how to build what is missing', () => {
    expect(() => loadAddon(root)).toThrow(expect.objectContaining({ code: 'engine-unavailable' }));
    expect(() => loadAddon(root)).toThrow(/never built; run this in .*: node native\/build\.js/);
  });

  test('throws what the loader said', () => {
    note(BUILT);
    addon('no library');
    expect(() => loadAddon(root)).toThrow(expect.objectContaining({ code: 'engine-unavailable' }));
    expect(() => loadAddon(root)).toThrow(/does not load/);
  });
});

describeNative('addon', () => {
  const native = () => loadAddon() as unknown as Record<string, (...args: unknown[]) => unknown>;

  test('is refused where the system gives another oneDNN than the one that the build has noted', () => {
    symlinkSync(join(REPOSITORY, 'native', 'build', 'onednn.node'), join(root, 'native', 'build', 'onednn.node'));
    const built = { ...BUILT, cpu: { flags: [] } };
    note({ ...built, loads: '0.0.1' });
    expect(() => loadAddon(root)).toThrow(expect.objectContaining({ code: 'engine-unavailable' }));
    expect(() => loadAddon(root)).toThrow(/built with oneDNN 0\.0\.1, and the system gives \d+\.\d+\.\d+; run this/);
    const version = loadAddon().onednnVersion();
    note({ ...built, loads: version });
    expect(loadAddon(root).onednnVersion()).toBe(version);
  });

  test('hands out memory of the wanted length on a cache line', () => {
    expect(native()['allocate']!(3)).toHaveLength(3);
    expect(native()['allocate']!(0)).toHaveLength(0);
    expect(() => native()['allocate']!(-1)).toThrow('allocate: wanted a number of elements');
  });

  test('throws where arguments are wrong, naming function and argument', () => {
    const x = new Float32Array(4);
    expect(() => native()['setThreads']!(0)).toThrow('setThreads: wanted 1 to 4096 threads');
    expect(() => native()['unary']!('x')).toThrow('unary: argument 0: A number was expected');
    expect(() => native()['unary']!(0, x, new Float32Array(3), 0, 0)).toThrow('argument 2: wanted 4 elements, got 3');
    expect(() => native()['unary']!(0, x, new Float64Array(4), 0, 0)).toThrow('argument 2: wanted a Float32Array');
    expect(() => native()['unary']!(0, x, null, 0, 0)).toThrow('argument 2: wanted a Float32Array, got none');
    expect(() => native()['unary']!(99, x, x, 0, 0)).toThrow('unary: no such operation');
    expect(() => native()['binary']!(0, x, x, x, Int32Array.of(5, 1, 1))).toThrow('arrays and sizes do not fit');
    expect(() => native()['copy']!(x, 2, x, 0, Int32Array.of(3, 1, 1))).toThrow('arrays and sizes do not fit');
  });
});
