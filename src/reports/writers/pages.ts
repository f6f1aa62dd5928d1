import { htmlReport } from './html';
import type { ReportPage } from '../report';

/** Every page that is drawn of a finished report. Apart from the files for programs, because no page counts in a key. */
export const PAGES: readonly ReportPage[] = [htmlReport];
