import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../../errors';
import type { LibTensorflow } from './find-library';

/** Of Node-API: the newest that tfjs-node looks for, and no Node of ours is older. */
export const NAPI_VERSION = 8;

export interface Compilation {
  /** Folder of tfjs-node. */
  readonly package: string;
  readonly library: LibTensorflow;
  /** Folder of the libraries when it runs: an absolute path, or one that begins with `$ORIGIN/`, from the binding. */
  readonly runPath: string;
  /** Path of the binding to make. */
  readonly output: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Compiles tfjs-node's binding, as its binding.gyp would, without node-gyp and its downloads: it needs Node-API's headers alone.
 * Throws `UserError` no-compiler, no-node-headers, compilation-failed.
 */
export function compileBinding({ package: folder, library, runPath, output, env }: Compilation): void {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name => join(folder, 'binding', name));
  const onMac = process.platform === 'darwin';
  const args = [
    ...['-O2', '-fPIC', '-std=c++17', '-w', `-DNAPI_VERSION=${NAPI_VERSION}`],
    ...(onMac ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    ...['-I', nodeHeaders(), '-I', library.include],
    ...[...sources, '-o', output, ...library.libraries],
    `-Wl,-rpath,${onMac ? runPath.replace('$ORIGIN', '@loader_path') : runPath}`,
  ];
  const { status, stderr } = spawnSync(compiler(env), args, { encoding: 'utf8', env });
  if (status === 0) return;
  const [first] = stderr.split('\n').filter(line => /error|undefined|cannot/i.test(line));
  throw new UserError(
    `Compile the binding of tfjs-node against ${library.libraries[0]!}: ${first ?? 'the compiler failed'}; ` +
      'wanted a libtensorflow of this processor, 2.9 or later',
    { code: 'compilation-failed' },
  );
}

function compiler(env: Compilation['env']): string {
  const found = [env['CXX'], 'c++', 'g++', 'clang++'].find(
    name => name !== undefined && name !== '' && spawnSync(name, ['--version'], { env }).status === 0,
  );
  if (found !== undefined) return found;
  throw new UserError(
    'Compile the binding of tfjs-node: found no C++ compiler (CXX, c++, g++, clang++); install one: ' +
      'apt-get install g++ (Debian, Ubuntu), dnf install gcc-c++ (Fedora), xcode-select --install (macOS)',
    { code: 'no-compiler' },
  );
}

/** Beside the node that runs, where distributions put them, or from npm. */
function nodeHeaders(): string {
  const places = [join(dirname(process.execPath), '..', 'include', 'node'), '/usr/include/node', fromNpm()];
  const found = places.find(place => place !== undefined && existsSync(join(place, 'node_api.h')));
  if (found !== undefined) return found;
  throw new UserError(
    `Compile the binding of tfjs-node: found no node_api.h beside ${process.execPath}; ` +
      'get it: npm install --no-save node-api-headers',
    { code: 'no-node-headers' },
  );
}

function fromNpm(): string | undefined {
  try {
    return dirname(require.resolve('node-api-headers/include/node_api.h'));
  } catch {
    return undefined;
  }
}
