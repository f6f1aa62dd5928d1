import { availableParallelism } from 'node:os';
import type { Engine } from './engine';
import { findAddon, loadAddon } from './onednn/addon';

export const onednn: Engine = {
  name: 'onednn',
  summary: 'oneDNN on every core, through an addon that is built at install',
  find: () => findAddon(),
  async start({ threads = availableParallelism(), precision = 'f32' } = {}) {
    const addon = loadAddon();
    const tf = await import('@tensorflow/tfjs-core');
    const { registerOnednn } = await import('./onednn/register');
    registerOnednn(tf, addon);
    addon.setThreads(threads);
    addon.setBf16(precision === 'bf16');
    await tf.setBackend('onednn');
    await tf.ready();
    return tf;
  },
};
