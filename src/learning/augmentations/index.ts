import { family } from '../../family';
import { flip } from './flip';

/** How faces can be changed before they are learnt from. */
export const AUGMENTATIONS = family('augmentations', { flip });
