import { createRequire } from 'node:module';
import { messageOf, UserError } from '../../../errors';
import { PLAIN_KEY, type Engine, type Tf } from '../engine';
import { makeBackend, type BackendClass } from './backend';
import { findBinding } from './binding';
import type { Dawn } from './dawn';
import { openDevice } from './device';
import { findWebgpu } from './finding';
import { selfCheck } from './self-check';

export const webgpu: Engine = {
  auto: { gpu: 20 },
  precisions: ['f32'],
  occupies: 'gpu',
  // By them another device is taken, or its emulation.
  key: { ...PLAIN_KEY, variables: /^(VK|MESA|LP)_\w+$/ },
  find: notes => findWebgpu(notes),
  async start() {
    const tf = await import('@tensorflow/tfjs-core');
    if (!('webgpu' in tf.engine().registryFactory)) await register(tf);
    await tf.setBackend('webgpu');
    return tf;
  },
};

/** Throws `UserError` engine-unavailable: packages or a GPU are missing, or the GPU computes wrongly. */
async function register(tf: Tf): Promise<void> {
  const { dawn, Backend } = load();
  const opened = await openDevice(dawn);
  // The backend makes buffers and asks whether something is one.
  Object.assign(globalThis, dawn.globals);
  tf.registerBackend('webgpu', () => makeBackend(Backend, opened));
  // The gradients, and the reference.
  await import('@tensorflow/tfjs');
  // As tfjs tests this backend: with it, small tensors are computed by other code on the CPU, which the check would not see.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  try {
    await selfCheck(tf, 'webgpu', opened.name);
  } catch (error) {
    tf.removeBackend('webgpu');
    opened.device.destroy();
    throw error instanceof UserError && error.code !== 'engine-unavailable' ? unavailable(error.message) : error;
  }
}

function load(): { dawn: Dawn; Backend: BackendClass } {
  const binding = findBinding();
  if (typeof binding === 'string') throw unavailable(binding);
  const require = createRequire(__filename);
  try {
    const dawn = require(binding.dawn) as Dawn;
    // Without `navigator.gpu`: with it, the package registers a backend of its own, whose device Dawn refuses.
    const { WebGPUBackend } = require(binding.backend) as { WebGPUBackend: BackendClass };
    return { dawn, Backend: WebGPUBackend };
  } catch (error) {
    throw unavailable(messageOf(error).split('\n')[0]!);
  }
}

function unavailable(reason: string): UserError {
  return new UserError(
    `Start engine webgpu: ${reason}; install again (npm ci) or choose the engine wasm; "npx pipeline doctor" says more`,
    { code: 'engine-unavailable' },
  );
}
