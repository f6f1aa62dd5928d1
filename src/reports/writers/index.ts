import { csv } from './csv';
import { html } from './html';
import { json } from './json';
import type { Report } from '../report';
import { textTable } from './text-table';

/** Every way to write down a comparison. */
export const REPORTS: readonly Report[] = [html, json, csv, textTable];
