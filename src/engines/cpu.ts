import type { Engine } from './engine';

export const cpu: Engine = {
  name: 'cpu',
  summary: 'plain JavaScript: complete and slow, what the other engines are compared with',
  async start() {
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    await tf.ready();
    return tf;
  },
};
