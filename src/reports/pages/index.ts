import { family } from '../../family';
import { html } from './html';

/** Every page that is drawn of a finished report. Apart from the files for programs, because no page counts in a key. */
export const PAGES = family('pages', { html });
