import type { BiasComparison, ComparedModel } from './compare';
import { fixed } from './numbers';
import type { Report } from './report';

/** Columns of a terminal that the table keeps to. */
const WIDTH = 100;

/** The headline: what a run prints at its end. */
export const textTable: Report = {
  name: 'text-table',
  summary: 'The headline table as plain text, at most 100 columns wide',
  file: 'headline.txt',
  render: comparison => {
    const { groups, models } = comparison;
    const columns = [
      ...groups.map((group, i) => column(clip(group, 14), models, model => fixed(model.groups[i]!.accuracy))),
      column('mean', models, ({ overall }) => fixed(overall.mean)),
      column('STD', models, ({ overall }) => fixed(overall.stdDdof0)),
      column('SER', models, ({ overall }) => (overall.ser === null ? 'undef.' : fixed(overall.ser))),
    ];
    const labels = ['model', ...models.map(({ label }) => clip(label, LONGEST_LABEL))];
    const blocks = intoBlocks(columns, WIDTH - widest(labels)).map(block => renderBlock(labels, block));
    return [...blocks, ...legend(comparison)].join('\n');
  },
};

const LONGEST_LABEL = 36;

interface TextColumn {
  readonly cells: readonly string[];
  readonly width: number;
}

function column(head: string, models: readonly ComparedModel[], cell: (model: ComparedModel) => string): TextColumn {
  const cells = [head, ...models.map(cell)];
  return { cells, width: widest(cells) + 2 };
}

/** As many columns side by side as there is room for; the rest below, under the same labels. */
function intoBlocks(columns: readonly TextColumn[], room: number): TextColumn[][] {
  const blocks: TextColumn[][] = [];
  let left = 0;
  for (const one of columns) {
    if (one.width > left) {
      blocks.push([]);
      left = room;
    }
    blocks.at(-1)!.push(one);
    left -= one.width;
  }
  return blocks;
}

function renderBlock(labels: readonly string[], columns: readonly TextColumn[]): string {
  const width = widest(labels);
  return labels
    .map((label, row) => label.padEnd(width) + columns.map(({ cells, width: w }) => cells[row]!.padStart(w)).join(''))
    .join('\n');
}

function legend({ groups, models }: BiasComparison): string[] {
  const line = `Accuracy in %, mean of 10 folds; STD over the ${groups.length} groups with ddof 0; SER = max error / min error`;
  const undefinedBecause = [
    ...new Set(
      models.flatMap(({ overall }) => (overall.ser === null ? [overall.serReason ?? 'a group has no errors'] : [])),
    ),
  ];
  return [line, ...undefinedBecause.map(reason => clip(`SER undefined: ${reason}`, WIDTH))];
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(text => text.length));
}

/** On one line of a terminal: control characters would break the table, or worse. */
function clip(text: string, most: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
