import { family } from '../../family';
import { gap } from './gap';
import { mean } from './mean';
import { ser } from './ser';
import { std } from './std';
import { stdDdof1 } from './std-ddof1';

/** Every number of all groups together. */
export const SPREADS = family('spreads', { mean, std, 'std-ddof1': stdDdof1, ser, gap });
