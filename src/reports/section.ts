import type { Markup } from '../pictures/page/markup';
import type { ReportedComparison } from './compare';

/** One section of the report page. Its name in the list is the address in the page; the list's order is that of the page. */
export interface ReportSection {
  /** What it shows; one line. */
  readonly summary: string;
  /** Undefined where the models lack what it is about. The same comparison gives the same text. */
  readonly draw: (comparison: ReportedComparison) => SectionContent | undefined;
}

export interface SectionContent {
  readonly title: string;
  readonly content: readonly Markup[];
}
