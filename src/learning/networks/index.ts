export type { Backbone, Layer, Weights } from './layer';
export { countMultiplyAdds, countParameters, outputShape, parametersOf, sizeOf } from './parameters';
export { initialise } from './initialise';
export { HE_FAN_OUT, initialisationOf } from './first-weights';
export { forward, type Parameters } from './forward';
export { trainForward } from './train-forward';
export type { BatchStatistics } from './batch-norm';
export { channelSums } from './channels';
