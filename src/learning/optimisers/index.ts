import { family } from '../../family';
import { sgd } from './sgd';

/** How gradients can change parameters. */
export const OPTIMISERS = family('optimisers', { sgd });
