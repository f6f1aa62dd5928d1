import { family } from '../../family';
import { shuffled } from './shuffled';

/** How an epoch can go through the samples. */
export const SAMPLERS = family('samplers', { shuffled });
