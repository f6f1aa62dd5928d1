import { family } from '../../family';
import { bupt } from './bupt';
import { rfw } from './rfw';

/** Layouts of data sets on disk, in the order in which they are tried. */
export const LAYOUTS = family('layouts', { rfw, bupt });
