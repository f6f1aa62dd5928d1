import { availableParallelism } from 'node:os';
import { EXIT, UserError } from '../../../errors';
import { PRECISIONS, type Engine } from '../engine';
import { ONEDNN_VARIABLES, openmpVariables } from '../native-variables';
import { findAddon, loadAddon, readBuild } from './addon';

export const onednn: Engine = {
  auto: { cpu: 30 },
  precisions: PRECISIONS,
  occupies: 'cores',
  key: {
    threads: true,
    processor: true,
    caches: true,
    // The addon sets the number of threads itself, and that it is not dynamic (native/settings.cc).
    variables: new RegExp(`^(${ONEDNN_VARIABLES}|${openmpVariables('NUM_THREADS$', 'DYNAMIC$')})$`),
    build: readBuild,
  },
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
    const { registerOnednn } = await import('./register');
    const { releaseNetwork } = await import('./network');
    registerOnednn(tf, addon);
    releaseNetwork(addon);
    addon.setThreads(threads);
    addon.setBf16(precision === 'bf16');
    await tf.setBackend('onednn');
    await tf.ready();
    return tf;
  },
};
