import { family } from '../../family';
import { steps } from './steps';

/** How the learning rate can change over a training. */
export const SCHEDULES = family('schedules', { steps });
