import { expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { forward, type Backbone, type Layer } from '../../../src/learning/networks';
import { studentNow } from '../../helpers/families';
import { normal, relativeDifference } from '../../helpers/engines';
import { naiveForward } from '../../helpers/naive-forward';
import { quickWeights } from '../../helpers/quick-weights';

/** The same layers with an eighth of the channels, for plain loops to take a second instead of minutes. */
function thin(layers: readonly Layer[]): readonly Layer[] {
  return layers.map(layer => {
    if (layer.op === 'residual') return { ...layer, body: thin(layer.body), shortcut: thin(layer.shortcut) };
    if (layer.op !== 'conv') return layer;
    const groups = layer.groups ?? 1;
    return { ...layer, filters: layer.filters / 8, groups: groups === 1 ? 1 : groups / 8 };
  });
}

/** An iResNet at 56 still has two different parities of sides: 28, 14, 7 and 4. */
test.each([
  ['tiny', 112],
  ['small', 112],
  ['mobilefacenet', 112],
  ['iresnet18', 56],
])('%s at side %p, made thin, computes on wasm what plain loops in float64 do', async (name, inputSize) => {
  const student = studentNow(name);
  const layers = thin(student.layers);
  const thinned: Backbone = { ...student, inputSize, layers };
  const weights = quickWeights(thinned);
  const shape: [number, number, number, number] = [2, inputSize, inputSize, 3];
  const x = normal(shape);
  const wanted = naiveForward(layers, weights, { shape, values: x });

  const tf = await startEngine('wasm');
  const found = tf.tidy(() => {
    const parameters = new Map([...weights].map(([key, { shape, values }]) => [key, tf.tensor(values, [...shape])]));
    return forward(tf, layers, parameters, tf.tensor4d(x, shape));
  });
  expect(found.shape).toEqual([2, 512]);
  expect(relativeDifference(await found.data(), wanted.values)).toBeLessThan(1e-4);
  found.dispose();
});
