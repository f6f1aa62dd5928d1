import { family } from '../../family';
import { bupt } from './bupt';
import { rfw } from './rfw';

/** Ways in which data sets lie on disk, in the order in which they are tried. */
export const LAYOUTS = family('layouts', { rfw, bupt });
