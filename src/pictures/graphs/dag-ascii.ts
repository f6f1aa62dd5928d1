import { clip } from '../../kit/text/printable';
import { lengthOf } from '../../kit/text/aligned';
import { drawChannel, widthForPorts } from './channel';
import type { Graph, GraphFormat, GraphNode, Tone } from './graph';
import { layOut, leftOf, widthOf, type Item, type Rows } from './layout';
import { withoutImplied } from './reduce';

const MARKS: Readonly<Record<Tone, string>> = {
  done: '✓',
  partial: '◐',
  todo: '○',
  waiting: '…',
  outside: '▫',
  plain: '',
};
const LONGEST_NAME = 44;
/** More would fill many screens with lines that no reader can follow. */
const MOST_NODES = 150;
const MOST_NEEDS = 12;

/** For a terminal: names in rows, each below what it reads, joined by lines. */
export const ascii: GraphFormat = {
  name: 'ascii',
  summary: 'Names joined by lines, for a terminal',
  render: (graph, columns) => {
    if (graph.nodes.length === 0) return 'nothing\n';
    const drawing = graph.nodes.length <= MOST_NODES ? draw(graph, columns) : undefined;
    return [...(drawing ?? list(graph)), ...legend(graph), ''].join('\n');
  },
};

/** Undefined when it is wider than the room. */
function draw(graph: Graph, columns: number): string[] | undefined {
  const direct = withoutImplied(graph.nodes.map(({ id, needs }) => ({ id, needs: needs.map(need => need.id) })));
  const labels = new Map(graph.nodes.map(node => [node.id, withRoom(labelOf(node), direct.get(node.id)!.length)]));
  const nodes = graph.nodes.map(({ id }) => ({ id, needs: direct.get(id)!, width: lengthOf(labels.get(id)!) }));
  const rows = layOut(nodes, { room: columns, gap: 3, lane: 1 });
  if (widthOf(rows) > columns) return undefined;
  const drawn = rows.flatMap((row, i) => {
    const channel = i === 0 ? [] : drawChannel(rows[i - 1]!, row);
    return [...channel, nameRow(row, labels)];
  });
  const leftOut = graph.nodes.some(
    ({ id, needs }) => new Set(needs.map(need => need.id)).size > direct.get(id)!.length,
  );
  return leftOut ? [...drawn, '', 'Left out: lines that follow from others'] : drawn;
}

function nameRow(row: Rows[number], labels: ReadonlyMap<string, string>): string {
  const cells: string[] = [];
  const put = (at: number, text: string): void => Array.from(text).forEach((glyph, i) => (cells[at + i] = glyph));
  for (const item of row) put(...textOf(item, labels));
  return Array.from(cells, cell => (cell as string | undefined) ?? ' ').join('');
}

function textOf(item: Item, labels: ReadonlyMap<string, string>): [number, string] {
  return item.passes ? [item.x, '│'] : [leftOf(item), labels.get(item.id)!];
}

/** A short name that many lines lead to gets brackets, so that all of them end at it: `[    mix    ]`. */
function withRoom(label: string, lines: number): string {
  const spare = widthForPorts(lines) - lengthOf(label);
  if (spare <= 0) return label;
  const inner = Math.max(0, spare - 2);
  return `[${' '.repeat(Math.floor(inner / 2))}${label}${' '.repeat(Math.ceil(inner / 2))}]`;
}

/** What is too wide to be drawn: a line for each, with what it reads. */
function list({ nodes }: Graph): string[] {
  const names = new Map(nodes.map(({ id, name }) => [id, clip(name, LONGEST_NAME)]));
  return nodes.map(node => {
    const needs = node.needs.map(({ id }) => names.get(id) ?? clip(id, LONGEST_NAME));
    const more = needs.length > MOST_NEEDS ? ` and ${needs.length - MOST_NEEDS} more` : '';
    return needs.length === 0 ? labelOf(node) : `${labelOf(node)}  ← ${needs.slice(0, MOST_NEEDS).join(', ')}${more}`;
  });
}

function labelOf({ name, tone, word }: GraphNode): string {
  const mark = MARKS[tone];
  // Of several cells the counts say more than a mark.
  const counts = /^\d/.test(word) ? ` (${clip(word, LONGEST_NAME)})` : '';
  return `${mark === '' ? '' : `${mark} `}${clip(name, LONGEST_NAME)}${counts}`;
}

function legend({ nodes }: Graph): string[] {
  const words = new Map<string, Set<string>>();
  for (const { tone, word } of nodes) {
    if (MARKS[tone] === '' || word === '' || /^\d/.test(word)) continue;
    words.set(MARKS[tone], (words.get(MARKS[tone]) ?? new Set()).add(clip(word, LONGEST_NAME)));
  }
  if (words.size === 0) return [];
  return ['', [...words].map(([mark, all]) => `${mark} ${[...all].join(' or ')}`).join('   ')];
}
