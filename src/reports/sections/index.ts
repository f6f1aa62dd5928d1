import { family } from '../../family';
import { accuracy } from './accuracy';
import { caveats } from './caveats';
import { compared } from './compared';
import { effect } from './effect';
import { folds } from './folds';
import { roc } from './roc';
import { scores } from './scores';
import { spreads } from './spreads';
import { thresholds } from './thresholds';

/** Every section of the report page, in the order of the page. */
export const SECTIONS = family('sections', {
  accuracy,
  effect,
  roc,
  spreads,
  scores,
  folds,
  thresholds,
  compared,
  caveats,
});
