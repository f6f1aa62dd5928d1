import { availableParallelism } from 'node:os';
import { EXIT, UserError } from '../../errors';
import type { Engine } from './engine';
import { findAddon, loadAddon } from './onednn/addon';

export const onednn: Engine = {
  name: 'onednn',
  summary: 'oneDNN on every core, through an addon that is built at install',
  find: () => findAddon(),
  async start({ threads = availableParallelism(), precision = 'f32' } = {}) {
    const addon = loadAddon();
    if (precision === 'bf16' && !addon.knowsBf16()) {
      throw new UserError(
        'Start engine onednn in bf16: oneDNN has no products of bf16 for this processor (on x86 they take AVX-512); ' +
          'set `precision: f32`',
        { code: 'precision-unavailable', exit: EXIT.configuration },
      );
    }
    const tf = await import('@tensorflow/tfjs-core');
    const { registerOnednn } = await import('./onednn/register');
    const { releaseNetwork } = await import('./onednn/network');
    registerOnednn(tf, addon);
    releaseNetwork(addon);
    addon.setThreads(threads);
    addon.setBf16(precision === 'bf16');
    await tf.setBackend('onednn');
    await tf.ready();
    return tf;
  },
};
