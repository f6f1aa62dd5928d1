import { fixed } from '../numbers';
import { markup, trusted, type Markup } from '../../pictures/page/markup';
import type { SectionContent } from '../section';

export interface DataTable {
  readonly caption: string | Markup;
  readonly head: readonly (string | Markup)[];
  /** The first cell names the row. */
  readonly rows: readonly (readonly (string | Markup)[])[];
  /** How many columns from the left hold words; the others hold numbers. */
  readonly words?: number;
}

/** A table with caption and header cells, that scrolls by itself on a narrow page. */
export function dataTable({ caption, head, rows, words = 1 }: DataTable): Markup {
  const kind = (i: number): string => (i < words ? 'word' : 'number');
  const headCells = head.map((cell, i) => markup`<th scope="col" class="${kind(i)}">${cell}</th>`);
  const bodyRows = rows.map(cells => {
    const [first, ...others] = cells;
    const rest = others.map((cell, i) => markup`<td class="${kind(i + 1)}">${cell}</td>`);
    return markup`<tr><th scope="row" class="word">${first ?? ''}</th>${rest}</tr>`;
  });
  return markup`<div class="table" tabindex="0" role="group" aria-label="Table"><table>
<caption>${caption}</caption>
<thead><tr>${headCells}</tr></thead>
<tbody>
${bodyRows}
</tbody></table></div>`;
}

/** Charts side by side, as many as fit, with one caption. */
export function figure(charts: readonly string[], caption: string | Markup, size: 'wide' | 'half' | 'small'): Markup {
  return markup`<figure><div class="charts ${size}">${charts.map(trusted)}</div><figcaption>${caption}</figcaption></figure>`;
}

export function section(id: string, { title, content }: SectionContent): Section {
  return { id, title, content: markup`<section id="${id}"><h2>${title}</h2>\n${content}</section>` };
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** Marks the best of a column; the words are for those who do not see bold type. */
export function best(text: string | Markup): Markup {
  return markup`<strong class="best">${text}<span class="unseen"> (best)</span></strong>`;
}

/** SER, or why there is none. */
export function ratio({
  ser,
  serReason,
}: {
  readonly ser: number | null;
  readonly serReason?: string;
}): string | Markup {
  if (ser !== null) return fixed(ser);
  return markup`undefined <span class="why">(${serReason ?? 'a group has no errors'})</span>`;
}
