import type { CodeFacts } from './describe-code';

/** @param root folder that holds `src` */
export function readCodeFacts(root: string): CodeFacts;
