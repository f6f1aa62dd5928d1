export { drawMargins, elasticArcFace, initialCentres, type HeadLoss, type Margin } from './elastic-arcface';
export { embeddingMse, type Reduction } from './embedding-mse';
