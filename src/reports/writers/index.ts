import { csvReport } from './csv';
import { jsonReport } from './json';
import type { Report } from '../report';

/** Every file that `report-bias` writes for programs, into its port `report`. */
export const REPORTS: readonly Report[] = [jsonReport, csvReport];
