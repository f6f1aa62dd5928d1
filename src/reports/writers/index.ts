import { csvReport } from './csv';
import { htmlReport } from './html';
import { jsonReport } from './json';
import type { Report } from '../report';
import { textTable } from './text-table';

/** Every way to write down a comparison. */
export const REPORTS: readonly Report[] = [htmlReport, jsonReport, csvReport, textTable];
