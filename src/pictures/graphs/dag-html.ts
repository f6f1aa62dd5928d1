import { markup, trusted, type Markup } from '../page/markup';
import { wholePage } from '../page/whole-page';
import { clip, printable } from '../../kit/text/printable';
import { GRAPH_STYLE } from './dag-html-style';
import { drawSvg } from './dag-svg';
import type { Graph, GraphFormat, GraphNode } from './graph';

/** A page that needs nothing but itself; its policy forbids a browser to load anything. */
export const htmlPage: GraphFormat = {
  name: 'html',
  summary: 'One self-contained page with a drawing, links and a table',
  render: graph => page(plainGraph(graph)),
};

function page(graph: Graph): string {
  const body = markup`<main>
      <h1>${graph.title}</h1>
      ${legend(graph)}
      <div class="drawing">${drawSvg(graph)}</div>
      <div class="tables">${table(graph)}</div>
    </main>`;
  return wholePage({ title: graph.title, style: GRAPH_STYLE, body });
}

function legend({ nodes }: Graph): Markup {
  const entries = new Map(
    // Counts of cells stand in the boxes.
    nodes
      .filter(({ word }) => word !== '' && !/^\d/.test(word))
      .map(({ tone, word }) => [`${tone} ${word}`, { tone, word }]),
  );
  if (entries.size === 0) return trusted('');
  return markup`<ul class="legend">
    ${[...entries.values()].map(({ tone, word }) => markup`<li><i class="${tone}"></i>${word}</li>`)}
  </ul>`;
}

/** Everything that the drawing says, for readers who cannot see it, and the parts without room in it. */
function table({ nodes }: Graph): Markup {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const state = nodes.some(({ word }) => word !== '') ? markup`<th>state</th>` : trusted('');
  return markup`<table>
    <thead>
      <tr>
        <th>name</th>
        <th>what</th>
        ${state}
        <th>reads</th>
        <th>why</th>
      </tr>
    </thead>
    <tbody>
      ${nodes.map(
        node =>
          markup`<tr>
            <th>${linked(node)}</th>
            <td>${node.lines.join(', ')}</td>
            ${state.markup === '' ? trusted('') : markup`<td>${node.word}</td>`}
            <td>
              ${node.needs
                .map(({ id, label }) => (label === '' ? '' : `${label}: `) + (names.get(id) ?? id))
                .join(', ')}
            </td>
            <td>${node.remark}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function linked({ name, link }: GraphNode): Markup {
  return link === undefined ? markup`${name}` : markup`<a href="${link}">${name}</a>`;
}

const LONGEST = 80;

/** Without control characters, and with names that fit a page. */
function plainGraph({ title, nodes }: Graph): Graph {
  const line = (text: string): string => clip(text, LONGEST);
  return {
    title: line(title),
    nodes: nodes.map(node => ({
      ...node,
      name: line(node.name),
      lines: node.lines.map(line),
      word: line(node.word),
      remark: printable(node.remark),
      needs: node.needs.map(need => ({ ...need, label: line(need.label) })),
    })),
  };
}
