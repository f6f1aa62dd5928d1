import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { messageOf, UserError } from '../errors';
import type { Engine, Tf } from './engine';

/** In order of preference; the first uses an NVIDIA GPU where CUDA 11.2 is installed. */
export const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export const tensorflow: Engine = {
  name: 'tensorflow',
  summary: 'libtensorflow through tfjs-node-gpu or tfjs-node, where their installation succeeded',
  start: () => startTensorflow(createRequire(__filename)),
};

/** `load` requires a package by name. Throws `UserError` engine-unavailable with what each package said. */
export async function startTensorflow(load: (name: string) => unknown): Promise<Tf> {
  prepareProcess();
  const failures: string[] = [];
  for (const name of TENSORFLOW_PACKAGES) {
    try {
      load(name);
      // tfjs-node requires @tensorflow/tfjs, whose exact version of tfjs-core is ours: npm keeps one copy.
      const tf = await import('@tensorflow/tfjs-core');
      if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend did not start');
      await tf.ready();
      return tf;
    } catch (error) {
      failures.push(`${name}: ${messageOf(error).split('\n')[0]!}`);
    }
  }
  throw new UserError(
    `Start engine tensorflow: neither package loads (${failures.join('; ')}); ` +
      'install one (npm install --no-save @tensorflow/tfjs-node) or choose the engine wasm',
    { code: 'engine-unavailable' },
  );
}

/** The package whose native binding lies on disk, without loading it. npm leaves the package out when its download failed. */
export function findTensorflow(resolve: (request: string) => string = require.resolve): string | undefined {
  return TENSORFLOW_PACKAGES.find(name => {
    try {
      return hasBinding(dirname(resolve(`${name}/package.json`)));
    } catch {
      return false;
    }
  });
}

function hasBinding(folder: string): boolean {
  const library = join(folder, 'lib');
  return existsSync(library) && readdirSync(library).some(abi => existsSync(join(library, abi, 'tfjs_binding.node')));
}

function prepareProcess(): void {
  // TensorFlow takes all of the GPU's memory unless told otherwise, and reads this once, when it is loaded.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // tfjs-node 4.22 calls these, which Node 23 removed (tfjs#8609).
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
}
