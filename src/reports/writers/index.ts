import { family } from '../../family';
import { csv } from './csv';
import { json } from './json';

/** Every file that `report-bias` writes for programs, into its port `report`. */
export const WRITERS = family('writers', { json, csv });
