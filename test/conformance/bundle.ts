import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What the bundle exports. */
export interface Suite {
  readonly tf: typeof import('@tensorflow/tfjs-core');
  setTestEnvs(environments: readonly TestEnvironment[]): void;
  /** Hands every spec of tfjs-core to the global `describe` of jasmine; after `setTestEnvs`, with a backend in use. */
  describeSpecs(): void;
}

export interface TestEnvironment {
  /** Becomes a part of the specs' names. */
  readonly name: string;
  readonly backendName: string;
  /** Whether values can be read without waiting; specs that do so are left out where not. */
  readonly isDataSync: boolean;
  /** Set before each spec. */
  readonly flags?: Readonly<Record<string, boolean>>;
}

const ROOT = join(__dirname, '../..');

const ENTRY = `
  export * as tf from '@tensorflow/tfjs-core/dist/index';
  import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
  import '@tensorflow/tfjs-core/dist/register_all_gradients';
  export { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
  export const describeSpecs = () => require('@tensorflow/tfjs-core/dist/tests');
`;

/**
 * tfjs-core and its own specs as one CommonJS file; its path is returned. It lies below node_modules because what it requires is
 * looked up from there, and is named by the process, so that two runs at once do not write the same file.
 */
export async function bundleSuite(): Promise<string> {
  const folder = join(ROOT, 'node_modules', '.cache', 'conformance');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `tfjs-core-${process.pid}.js`);
  await build({
    stdin: { contents: ENTRY, resolveDir: ROOT },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // The package calls most of its files free of side effects, and specs are nothing else.
    ignoreAnnotations: true,
    external: ['jasmine-core'],
    logLevel: 'error',
  });
  return outfile;
}
