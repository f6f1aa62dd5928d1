export { drawMargins, elasticArcFace, initialCentres, type Margin } from './elastic-arcface';
export { embeddingMse, type Reduction } from './embedding-mse';
