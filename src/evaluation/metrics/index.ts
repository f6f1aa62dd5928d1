import { equalErrorRate } from './equal-error-rate';
import type { Metric } from './metric';
import { areaUnderRoc } from './roc';
import { verificationAccuracy } from './verification-accuracy';

/** Every metric that turns the comparisons of a group into one number. */
export const METRICS: readonly Metric[] = [verificationAccuracy, areaUnderRoc, equalErrorRate];
