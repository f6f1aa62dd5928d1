import { family } from '../../family';
import { elasticArcFaceLoss } from './elastic-arcface';
import { embeddingMseLoss } from './embedding-mse';

/** What a training can minimise. */
export const LOSSES = family('losses', {
  'elastic-arcface': elasticArcFaceLoss,
  'embedding-mse': embeddingMseLoss,
});
