import { markup, trusted, type Markup } from '../page/markup';
import type { Graph, GraphNode } from './graph';
import { layOut, leftOf, rightOf, widthOf, type Item, type Rows } from './layout';

const CHARACTER = 8;
const PADDING = 12;
const LINE = 16;
const BETWEEN = 54;
const EDGE = 8;
/** A usual screen; a row that needs more becomes two. */
const ROOM = 1800;

/** The graph in rows from top to bottom, as SVG. Every line is drawn. Needs `GRAPH_STYLE`. */
export function drawSvg({ title, nodes }: Graph): Markup {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const boxes = nodes.map(node => ({
    id: node.id,
    width: Math.max(...textsOf(node).map(text => Array.from(text).length)) * CHARACTER + 2 * PADDING,
    needs: [...new Set(node.needs.map(({ id }) => id).filter(id => byId.has(id)))],
  }));
  const rows = layOut(boxes, { room: ROOM, gap: 24, lane: 6 });
  const tops = topsOf(rows, byId);
  const width = widthOf(rows) + 2 * EDGE;
  const height = tops.at(-1)! + 2 * EDGE;
  return markup`<svg
    viewBox="${-EDGE} ${-EDGE} ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="${title}"
  >
    ${rows.flatMap((row, i) => row.flatMap(item => curves(item, i, tops, byId)))}
    ${rows.flatMap((row, i) => row.filter(({ passes }) => !passes).map(item => box(byId.get(item.id)!, item, tops[i]!)))}
  </svg>`;
}

/** Top of each row, and where the drawing ends. */
function topsOf(rows: Rows, byId: ReadonlyMap<string, GraphNode>): number[] {
  const tops = [0];
  for (const [i, row] of rows.entries()) {
    const height = Math.max(0, ...row.map(item => heightOf(item, byId)));
    tops.push(tops.at(-1)! + height + (i === rows.length - 1 ? 0 : BETWEEN));
  }
  return tops;
}

function curves(item: Item, row: number, tops: readonly number[], byId: ReadonlyMap<string, GraphNode>): Markup[] {
  const top = tops[row]!;
  // A line that passes goes straight through the row.
  const bottom = item.passes ? tops[row + 1]! - BETWEEN : top + heightOf(item, byId);
  const through = item.passes ? [markup`<path d="M${item.x} ${top}V${bottom}" />`] : [];
  return [
    ...through,
    ...item.to.map(to => {
      const [x, y] = [portOf(to, item), tops[row + 1]!];
      const middle = (bottom + y) / 2;
      return markup`<path d="M${item.x} ${bottom}C${item.x} ${middle} ${x} ${middle} ${x} ${y}" />`;
    }),
  ];
}

/** Lines reach a node beside each other, in the order of their beginnings. */
function portOf(to: Item, from: Item): number {
  if (to.passes || to.from.length < 2) return to.x;
  const order = [...to.from].sort((a, b) => a.x - b.x);
  const step = (rightOf(to) - leftOf(to)) / (order.length + 1);
  return Math.round(leftOf(to) + step * (order.indexOf(from) + 1));
}

function box(node: GraphNode, item: Item, top: number): Markup {
  const left = leftOf(item);
  const texts = [
    { text: node.name, kind: 'name' },
    ...node.lines.map(text => ({ text, kind: 'more' })),
    ...(node.word === '' ? [] : [{ text: node.word, kind: 'word' }]),
  ];
  const drawn = markup`<rect
      class="${node.tone}"
      x="${left}"
      y="${top}"
      width="${item.width}"
      height="${texts.length * LINE + 12}"
      rx="7"
    />${texts.map(
      ({ text, kind }, i) =>
        markup`<text class="${kind}" x="${item.x}" y="${top + 18 + i * LINE}" text-anchor="middle">${text}</text>`,
    )}`;
  const hint = node.remark === '' ? trusted('') : markup`<title>${node.remark}</title>`;
  return node.link === undefined ? markup`<g>${hint}${drawn}</g>` : markup`<a href="${node.link}">${hint}${drawn}</a>`;
}

function heightOf({ id, passes }: Item, byId: ReadonlyMap<string, GraphNode>): number {
  return passes ? 0 : textsOf(byId.get(id)!).length * LINE + 12;
}

function textsOf({ name, lines, word }: GraphNode): string[] {
  return [name, ...lines, ...(word === '' ? [] : [word])];
}
