import { formatValue } from '../overview/flatten-metrics';
import type { ComparedRow, RunComparison } from './compare';
import { runName } from './run-name';
import { cell } from './cell';

export interface CompareTextOptions {
  /** Leaves out the rows that are equal in all runs. */
  readonly onlyChanged: boolean;
  /** Width of the terminal in characters; runs that have no room are shown below the others. */
  readonly columns: number;
}

/** Values are cut to the first of these widths at which all runs fit side by side. */
const LONGEST_VALUES = [28, 20, 12];
const LONGEST_NAME = 36;
const GAP = 2;

/**
 * A comparison for people: a column for each run, blocks of rows for parameters and each stage; rows that differ have a star. Numbers of
 * metrics have their difference from the run in the first column beside them.
 */
export function compareText(comparison: RunComparison, { onlyChanged, columns }: CompareTextOptions): string {
  const rows = comparison.rows.filter(row => row.changed || !onlyChanged);
  if (rows.length === 0) return onlyChanged ? 'These runs do not differ.\n' : 'There is nothing to compare.\n';
  const lines = withHeadings(rows);
  const labels = ['', ...lines.map(line => labelOf(line, onlyChanged))];
  const labelWidth = Math.max(...labels.map(length));
  const [fitting] = LONGEST_VALUES.map(longest =>
    intoBlocks(
      comparison.runs.map((run, index) => runColumn(runName(run.id), lines, index, longest)),
      columns - labelWidth,
    ),
  ).sort((a, b) => a.length - b.length);
  return fitting!
    .map(block => labels.map((label, row) => joinCells(label.padEnd(labelWidth), block, row)).join('\n') + '\n')
    .join('\n');
}

type Line = string | ComparedRow;

/** A heading before the rows of each stage. */
function withHeadings(rows: readonly ComparedRow[]): Line[] {
  return rows.flatMap((row, index): Line[] => {
    const heading = headingOf(row);
    return index > 0 && headingOf(rows[index - 1]!) === heading ? [row] : [heading, row];
  });
}

function labelOf(line: Line, onlyChanged: boolean): string {
  if (typeof line === 'string') return line;
  return `${line.changed && !onlyChanged ? '*' : ' '} ${cell(line.name, LONGEST_NAME)}`;
}

function headingOf({ kind, stage }: ComparedRow): string {
  if (stage === null) return kind === 'run' ? 'run' : 'params';
  return `${cell(stage, LONGEST_NAME)} ${kind === 'result' ? 'metrics' : `${kind}s`}`;
}

/** The texts of a run, all of one width: the name of the run, then a text for each line. */
function runColumn(name: string, lines: readonly Line[], index: number, longest: number): string[] {
  const values = lines.map(line => (typeof line === 'string' ? '' : valueText(line, index, longest)));
  const deltas = lines.map(line => (typeof line === 'string' ? '' : deltaText(line, index)));
  const valueWidth = Math.max(length(name), ...values.map(length));
  const deltaWidth = Math.max(...deltas.map(length));
  const room = valueWidth + (deltaWidth === 0 ? 0 : 1 + deltaWidth);
  const texts = values.map((value, row) => `${value.padStart(valueWidth)} ${deltas[row]!}`);
  return [name.padStart(valueWidth), ...texts].map(text => text.trimEnd().padEnd(room));
}

function valueText({ kind, values }: ComparedRow, index: number, longest: number): string {
  const value = values[index];
  if (value === undefined) return '–';
  // Beginnings of digests differ as well as the whole.
  if (kind === 'result')
    return formatValue(value)
      .replace(/^sha256:/, '')
      .slice(0, 12);
  return cell(formatValue(value), longest);
}

function deltaText({ kind, values }: ComparedRow, index: number): string {
  const [first, value] = [values[0], values[index]];
  if (kind !== 'metric' || index === 0 || typeof first !== 'number' || typeof value !== 'number') return '';
  const delta = value - first;
  if (delta === 0) return '';
  return `(${delta > 0 ? '+' : ''}${formatValue(Number(delta.toPrecision(4)))})`;
}

function intoBlocks(runs: readonly (readonly string[])[], room: number): (readonly string[])[][] {
  const blocks: (readonly string[])[][] = [];
  let left = 0;
  for (const run of runs) {
    const width = GAP + length(run[0]!);
    if (width > left) {
      blocks.push([]);
      left = room;
    }
    blocks.at(-1)!.push(run);
    left -= width;
  }
  return blocks;
}

function joinCells(label: string, block: readonly (readonly string[])[], row: number): string {
  return (label + block.map(run => ' '.repeat(GAP) + run[row]!).join('')).trimEnd();
}

function length(text: string): number {
  return Array.from(text).length;
}
