import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';
import { dirname, join } from 'node:path';

const BACKEND = '@tensorflow/tfjs-backend-webgpu';

/** The two packages, found on disk and not loaded. */
export interface Binding {
  /** Dawn as a native add-on. The package's own entry is an ES module, which CommonJS cannot load on Node 20. */
  readonly dawn: string;
  /** Version of the package `webgpu`. */
  readonly version: string;
  /** Main file of tfjs-backend-webgpu. */
  readonly backend: string;
}

/** The packages on this machine, or one line that says which part is not there. */
export function findBinding(
  resolve: (request: string) => string = createRequire(__filename).resolve,
): Binding | string {
  const [description, backend] = ['webgpu/package.json', BACKEND].map(request => attempt(() => resolve(request)));
  if (description === undefined) return 'the package webgpu is not installed';
  if (backend === undefined) return `the package ${BACKEND} is not installed`;
  const system = `${platform}-${platform === 'darwin' ? 'universal' : arch}`;
  const dawn = join(dirname(description), 'dist', system, 'dawn.node');
  if (!existsSync(dawn)) return `the package webgpu has no library for ${system}`;
  const { version } = JSON.parse(readFileSync(description, 'utf8')) as { version: string };
  return { dawn, version, backend };
}

function attempt(find: () => string): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
