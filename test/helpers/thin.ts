import type { Backbone, Layer } from '../../src/learning/networks';

/**
 * The same layers with fewer channels for smaller faces, so that plain JavaScript can compute a reference. The kernel that takes in
 * all that is left of a face shrinks with the side.
 */
export function thin(student: Backbone, divisor: number, inputSize: number): Backbone {
  return { ...student, inputSize, layers: thinLayers(student.layers, divisor, inputSize) };
}

function thinLayers(layers: readonly Layer[], divisor: number, side: number): readonly Layer[] {
  return layers.map(layer => {
    if (layer.op === 'residual') {
      return {
        ...layer,
        body: thinLayers(layer.body, divisor, side),
        shortcut: thinLayers(layer.shortcut, divisor, side),
      };
    }
    if (layer.op !== 'conv') return layer;
    const { groups = 1, filters, kernel } = layer;
    return {
      ...layer,
      filters: filters / divisor,
      groups: groups === 1 ? 1 : groups / divisor,
      kernel: kernel === 7 ? side / 16 : kernel,
    };
  });
}
