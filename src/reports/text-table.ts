import { allRemarks } from './all-remarks';
import type { BiasComparison } from './compare';
import type { JudgedModel } from './judge';
import { fixed } from './numbers';
import { unprovenSpreads } from './remarks';

/** Columns of a terminal that the table keeps to. */
const WIDTH = 100;

/** The headline, what a run prints at its end: the first table as plain text, at most 100 columns wide. */
export function textTable(comparison: BiasComparison): string {
  const { groups, models } = comparison;
  const columns = [
    ...groups.map((group, i) =>
      column(clip(group, 14), models, model => {
        const { accuracy } = model.groups[i]!;
        const sure = model.uncertainty.groups.find(one => one.group === group);
        return [accuracy === null ? 'none' : fixed(accuracy), sure?.interval ?? null];
      }),
    ),
    column('mean', models, ({ overall, uncertainty }) => [fixed(overall.mean), uncertainty.mean]),
    column('STD', models, ({ overall, uncertainty }) => [
      overall.stdDdof0 === null ? 'undef.' : fixed(overall.stdDdof0),
      uncertainty.stdDdof0,
    ]),
    column('SER', models, ({ overall, uncertainty }) => [
      overall.ser === null ? 'undef.' : fixed(overall.ser),
      uncertainty.ser,
    ]),
  ];
  const labels = ['model', ...models.flatMap(({ label }) => [clip(label, LONGEST_LABEL), '  95 % interval'])];
  const blocks = intoBlocks(columns, WIDTH - widest(labels)).map(block => renderBlock(labels, block));
  return [...blocks, ...legend(comparison)].join('\n');
}

const LONGEST_LABEL = 36;

interface TextColumn {
  readonly cells: readonly string[];
  readonly width: number;
}

type Cell = readonly [value: string, interval: readonly [number, number] | null];

/** Two lines a model: the number, and its interval below. */
function column(head: string, models: readonly JudgedModel[], cell: (model: JudgedModel) => Cell): TextColumn {
  const cells = [
    head,
    ...models.flatMap(model => {
      const [value, interval] = cell(model);
      return [value, interval === null ? '–' : interval.map(end => fixed(end, 1)).join('–')];
    }),
  ];
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

function legend(comparison: BiasComparison): string[] {
  const { groups, models } = comparison;
  const counted = groups.length - models[0]!.overall.missing.length;
  const over = counted === groups.length ? `the ${counted}` : `${counted} of ${groups.length}`;
  const spreads = `; STD over ${over} groups with ddof 0; SER = max error / min error`;
  const unproven = unprovenSpreads(comparison);
  const sentences = [
    ...allRemarks(comparison),
    unproven.length === 0 ? undefined : `No evidence of a spread: ${unproven.join(', ')}`,
    ...unique(models.map(({ overall }) => overall.stdReason && `STD undefined: ${overall.stdReason}`)),
    ...unique(models.map(({ overall }) => overall.serReason && `SER undefined: ${overall.serReason}`)),
  ].filter(sentence => sentence !== undefined);
  return [
    `Accuracy in %, mean of 10 folds${counted > 1 ? spreads : ''}`,
    ...sentences.flatMap(sentence => wrap(sentence)),
  ];
}

function unique(texts: readonly (string | undefined)[]): (string | undefined)[] {
  return [...new Set(texts)];
}

/** Lines of at most `WIDTH`, those after the first indented. */
function wrap(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of clip(sentence, sentence.length)
    .split(' ')
    .map(each => clip(each, WIDTH - 2))) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : `  ${word}`);
  }
  return lines;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(text => text.length));
}

/** On one line of a terminal: control characters would break the table, or worse. */
function clip(text: string, most: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
