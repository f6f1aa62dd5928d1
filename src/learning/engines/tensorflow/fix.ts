import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../../../errors';
import { rename } from '../../../kit/files/rename';
import type { FixOptions } from '../engine';
import { installPackages } from '../install-packages';
import { installedVersion } from '../installed-version';
import { folderOf, TENSORFLOW_PACKAGES } from '.';
import { compileBinding, NAPI_VERSION } from './compile';
import { findLibrary } from './find-library';
import { unpackWheel } from './wheel';

/**
 * Puts a libtensorflow under tfjs-node and builds its binding again, because the one that its installation downloads stops at CUDA
 * 11.2. The library is the one asked for, else that of the Python package `tensorflow` where it is installed, else a wheel that pip
 * downloads. Throws `UserError` with what is missing; then the package is as it was.
 */
export async function fixTensorflow(options: FixOptions): Promise<void> {
  refuseWindows();
  await fixPackage(packageFolder() ?? installPackage(options), options);
}

/** The same for tfjs-node in a folder. */
export async function fixPackage(folder: string, { wheel, library, env, say }: FixOptions): Promise<void> {
  const own = library ?? (wheel === undefined ? ofPython(env) : undefined);
  if (own !== undefined) {
    say(`Using the libtensorflow in ${own}`);
    return build(folder, own, env, say);
  }
  const downloads = await mkdtemp(join(tmpdir(), 'fairdistill-wheel-'));
  try {
    const file = wheel ?? (await download(downloads, { env, say }));
    const fresh = join(folder, 'deps.new');
    await rm(fresh, { recursive: true, force: true });
    try {
      say(`Unpacking libtensorflow from ${file}`);
      await unpackWheel(file, fresh);
      await build(folder, fresh, env, say, join(folder, 'deps'));
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}

/** `home` is the folder for the library; by default where it is now. */
async function build(
  folder: string,
  place: string,
  env: FixOptions['env'],
  say: FixOptions['say'],
  home?: string,
): Promise<void> {
  const library = findLibrary(place);
  say(`Compiling the binding of ${folder}`);
  const target = join(folder, 'lib', `napi-v${NAPI_VERSION}`);
  const output = join(target, 'tfjs_binding.new');
  await mkdir(target, { recursive: true });
  try {
    const runPath = home === undefined ? dirname(library.libraries[0]!) : '$ORIGIN/../../deps/lib';
    compileBinding({ package: folder, library, runPath, output, env });
    if (home !== undefined) {
      await rm(home, { recursive: true, force: true });
      await rename(place, home);
    }
    await rename(output, join(target, 'tfjs_binding.node'));
  } finally {
    await rm(output, { force: true });
  }
}

function packageFolder(): string | undefined {
  return TENSORFLOW_PACKAGES.map(name => folderOf(name, require.resolve)).find(folder => folder !== undefined);
}

/** The first of the packages, because the lock file knows it: npm removes what it does not know when it next installs something. */
function installPackage(options: FixOptions): string {
  const [name] = TENSORFLOW_PACKAGES;
  const root = installPackages([`${name}@${installedVersion('@tensorflow/tfjs-core')}`], options);
  return join(root, 'node_modules', name);
}

/** Folder of the Python package where it is there and has what we need; found without importing it. */
function ofPython(env: FixOptions['env']): string | undefined {
  const program =
    'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0] if s else "")';
  const { status, stdout } = spawnSync('python3', ['-c', program], { encoding: 'utf8', env });
  const folder = status === 0 ? stdout.trim() : '';
  try {
    if (folder === '') return undefined;
    findLibrary(folder);
    return folder;
  } catch {
    // Of an old version, and another one was requested.
    return undefined;
  }
}

async function download(folder: string, { env, say }: FixOptions): Promise<string> {
  const name = process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--dest', folder, name];
  say(`Downloading the Python wheel of ${name}, some hundred megabytes: python3 ${args.join(' ')}`);
  const { status, stderr, error } = spawnSync('python3', args, { encoding: 'utf8', env });
  const wheel = (await readdir(folder)).find(file => file.endsWith('.whl'));
  if (status === 0 && wheel !== undefined) return join(folder, wheel);
  throw new UserError(
    `Download the wheel of ${name}: ${error?.message ?? lastLine(stderr)}; get it on another machine ` +
      `(pip download --no-deps ${name}) and name it: pipeline doctor --fix tensorflow --wheel FILE`,
    { code: 'pip-failed' },
  );
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function refuseWindows(): void {
  if (process.platform !== 'win32') return;
  throw new UserError(
    'Fix tensorflow: only for Linux and macOS; on Windows, install @tensorflow/tfjs-node or use Linux under Windows (WSL 2)',
    { code: 'unsupported-platform' },
  );
}
