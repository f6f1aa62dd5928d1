import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeNative } from '../../../helpers/usable-engines';

const ROOT = join(__dirname, '..', '..', '..', '..');
const ADDON = join('native', 'build', 'onednn.node');

/** The smallest addon: what every file includes, and the settings. */
const SOURCES = ['build.js', 'tools', 'napi.h', 'runtime.h', 'dnnl_compat.h', 'module.cc', 'settings.cc'];

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'native-'));
  mkdirSync(join(root, 'native'));
  for (const name of SOURCES) cpSync(join(ROOT, 'native', name), join(root, 'native', name), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules', 'node-api-headers'), join(root, 'node_modules', 'node-api-headers'));
});

afterEach(() => rmSync(root, { recursive: true }));

interface Note {
  readonly built: boolean;
  readonly reason?: string;
  readonly enable?: string;
  readonly hash?: string;
  readonly cpu?: { readonly flags: readonly string[] };
  readonly flags?: readonly string[];
  readonly leftOut?: readonly { readonly source: string; readonly problem: string }[];
}

/** What it prints; it throws when the script fails, which it must never do. */
function build(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): string {
  const options = {
    cwd: root,
    env: { ...process.env, DNNL_ROOT: '', ONEDNN_ROOT: '', ...env },
    encoding: 'utf8',
  } as const;
  return execFileSync(process.execPath, [join('native', 'build.js'), ...args], options);
}

function note(): Note {
  return JSON.parse(readFileSync(join(root, 'native', 'build', 'build.json'), 'utf8')) as Note;
}

describe('native/build.js', () => {
  test('continues without a compiler, and says what would enable it', () => {
    const said = build([], { PATH: '', CXX: '' });
    expect(said).toMatch(/^onednn engine: not built, no C\+\+17 compiler was found\. .+\n$/);
    expect(note()).toMatchObject({ built: false, reason: 'no C++17 compiler was found' });
    expect(note().enable).toContain('native/build.js');
  });

  test('names its line for the platform', () => {
    build([], { PATH: '', CXX: '' });
    const wanted = {
      linux: /apt-get install g\+\+ libdnnl-dev.*dnf install gcc-c\+\+ onednn-devel/,
      darwin: /brew install onednn libomp/,
    };
    expect(note().enable).toMatch(process.platform === 'darwin' ? wanted.darwin : wanted.linux);
  });
});

describeNative('native/build.js with a compiler and oneDNN,', () => {
  test('builds what loads, and tells compiler flags and processor', () => {
    expect(build()).toMatch(/^onednn engine: built with oneDNN \d+\.\d+\.\d+\n$/);
    const { flags, cpu, leftOut } = note();
    expect(flags).not.toContain('-ffast-math');
    expect(cpu!.flags.length).toBeGreaterThan(0);
    expect(leftOut).toEqual([]);
    const addon = createRequire(__filename)(join(root, ADDON)) as { onednnVersion(): string };
    expect(addon.onednnVersion()).toMatch(/^\d+\.\d+/);
  });

  test('builds nothing again that is as it was, and what has changed', () => {
    build();
    const built = (): number => statSync(join(root, ADDON)).mtimeMs;
    const [first, { hash }] = [built(), note()];
    build();
    expect([built(), note().hash]).toEqual([first, hash]);
    writeFileSync(
      join(root, 'native', 'more.cc'),
      '#include "napi.h"\nEXPORT(answer) { return args.resultNumber(42); }\n',
    );
    build();
    expect(built()).toBeGreaterThan(first);
    expect(note().hash).not.toBe(hash);
    const addon = createRequire(__filename)(join(root, ADDON)) as { answer(): number };
    expect(addon.answer()).toBe(42);
  });

  // The hash is in the key of every training, which no copy of a checkout should change.
  test('builds nothing again in another place, and has the same hash there', () => {
    build();
    const [built, { hash }] = [statSync(join(root, ADDON)).mtimeMs, note()];
    const home = root;
    root = `${home}-elsewhere`;
    renameSync(home, root);
    try {
      build();
      expect([statSync(join(root, ADDON)).mtimeMs, note().hash]).toEqual([built, hash]);
    } finally {
      renameSync(root, home);
      root = home;
    }
  });

  test('leaves out a file that does not compile, and says so', () => {
    writeFileSync(join(root, 'native', 'broken.cc'), 'this is no C++\n');
    expect(build()).toMatch(/WITHOUT broken\.cc \(.*error.*\)/);
    expect(note().leftOut).toMatchObject([{ source: 'broken.cc' }]);
    expect(existsSync(join(root, ADDON))).toBe(true);
  });

  test('leaves out the whole of a folder with such a file, because its files need each other', () => {
    mkdirSync(join(root, 'native', 'part'));
    const loaded = (): object => createRequire(join(root, 'here.js'))(join(root, ADDON)) as object;
    writeFileSync(
      join(root, 'native', 'part', 'good.cc'),
      '#include "napi.h"\nEXPORT(good) { return args.undefined(); }\n',
    );
    writeFileSync(join(root, 'native', 'part', 'broken.cc'), 'this is no C++\n');
    build();
    expect(note().leftOut).toMatchObject([{ source: join('part', 'broken.cc') }]);
    expect(loaded()).toHaveProperty('setThreads');
    expect(loaded()).not.toHaveProperty('good');
  });

  test('turns what C++ throws into exceptions', () => {
    writeFileSync(
      join(root, 'native', 'throw.cc'),
      '#include "napi.h"\nEXPORT(odd) { throw 1; }\nEXPORT(even) { throw std::runtime_error("two"); }\n',
    );
    build();
    const addon = createRequire(__filename)(join(root, ADDON)) as { odd(): void; even(): void };
    expect(() => addon.odd()).toThrow('odd: unknown error');
    expect(() => addon.even()).toThrow('even: two');
  });

  test('says what to do where oneDNN is missing', () => {
    const said = build(['--ignore-system']);
    expect(said).toMatch(/not built, oneDNN 2\.6 or later was not found/);
    expect(existsSync(join(root, ADDON))).toBe(false);
  });
});

describeNative('the addon of this checkout', () => {
  test('has every file in it', () => {
    const { leftOut } = JSON.parse(readFileSync(join(ROOT, 'native', 'build', 'build.json'), 'utf8')) as Note;
    expect(leftOut).toEqual([]);
  });
});
