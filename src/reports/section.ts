import type { ReportedComparison } from './compare';
import type { Section } from './page/parts';

/** One section of the report page; undefined where the models lack what it is about. The same comparison gives the same text. */
export type ReportSection = (comparison: ReportedComparison) => Section | undefined;
