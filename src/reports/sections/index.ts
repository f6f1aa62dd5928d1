import { caveatsSection } from './caveats';
import { comparedSection } from './compared';
import { effectSection } from './effect';
import { foldsSection } from './folds';
import { headlineSection } from './headline';
import { ratesSection } from './rates';
import { scoresSection } from './scores';
import type { ReportSection } from '../section';
import { thresholdsSection } from './thresholds';

/** Every section of the report page, in the order of the page. */
export const SECTIONS: readonly ReportSection[] = [
  headlineSection,
  effectSection,
  ratesSection,
  scoresSection,
  foldsSection,
  thresholdsSection,
  comparedSection,
  caveatsSection,
];
