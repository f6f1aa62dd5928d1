import { family } from '../../family';
import { accuracy } from './accuracy';
import { auc } from './auc';
import { eer } from './eer';
import { tarAtFmr } from './tar-at-fmr';

/** Every metric that turns the comparisons of a group into numbers. */
export const METRICS = family('metrics', { accuracy, auc, eer, 'tar-at-fmr': tarAtFmr });
