import { PLAIN_KEY, type Engine } from '../engine';
import { installedVersion } from '../installed-version';

export const cpu: Engine = {
  auto: {},
  precisions: ['f32'],
  occupies: 'core',
  key: PLAIN_KEY,
  find: () => ({ usable: true, found: `tfjs-backend-cpu ${installedVersion('@tensorflow/tfjs-backend-cpu')}` }),
  async start() {
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    await tf.ready();
    return tf;
  },
};
