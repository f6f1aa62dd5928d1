export type { Backbone, Layer, Weights } from './layer';
export { countMultiplyAdds, countParameters, outputShape, parametersOf, sizeOf, type Parameter } from './parameters';
export { initialise } from './initialise';
export { HE_FAN_OUT, initialisationOf, type Initialisation, type InitialisationChoice } from './first-weights';
export { forward, type Parameters, type TrainingMode } from './forward';
export { trainForward } from './train-forward';
export type { BatchStatistics } from './batch-norm';
export { channelSums } from './channels';
