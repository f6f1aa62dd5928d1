import { dirname } from 'node:path';
import { UserError } from '../../../errors';
import { PLAIN_KEY, type Engine } from '../engine';
import { installedVersion } from '../installed-version';
import { registerWasmKernels } from './kernels';

export const wasm: Engine = {
  auto: { cpu: 50 },
  precisions: ['f32'],
  occupies: 'core',
  key: PLAIN_KEY,
  find: () => ({ usable: true, found: `tfjs-backend-wasm ${installedVersion('@tensorflow/tfjs-backend-wasm')}` }),
  async start() {
    const tf = await import('@tensorflow/tfjs-core');
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
    backend.setWasmPaths(`${folder}/`);
    if (!(await tf.setBackend('wasm'))) {
      throw new UserError(
        `Start engine wasm: the binary in ${folder} did not load; install again (npm ci) or choose the engine cpu`,
        { code: 'engine-unavailable' },
      );
    }
    await tf.ready();
    registerWasmKernels(tf);
    return tf;
  },
};
