import { html, raw, type Html } from '../page/escape';
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
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${graph.title}</title>
        <style>
          ${raw(GRAPH_STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${graph.title}</h1>
          ${legend(graph)}
          <div class="drawing">${drawSvg(graph)}</div>
          <div class="tables">${table(graph)}</div>
        </main>
      </body>
    </html> `.text;
}

function legend({ nodes }: Graph): Html {
  const entries = new Map(
    // Counts of cells stand in the boxes.
    nodes
      .filter(({ word }) => word !== '' && !/^\d/.test(word))
      .map(({ tone, word }) => [`${tone} ${word}`, { tone, word }]),
  );
  if (entries.size === 0) return raw('');
  return html`<ul class="legend">
    ${[...entries.values()].map(({ tone, word }) => html`<li><i class="${tone}"></i>${word}</li>`)}
  </ul>`;
}

/** Everything that the drawing says, for those who do not see it, and what it has no room for. */
function table({ nodes }: Graph): Html {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const state = nodes.some(({ word }) => word !== '') ? html`<th>state</th>` : raw('');
  return html`<table>
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
          html`<tr>
            <th>${linked(node)}</th>
            <td>${node.lines.join(', ')}</td>
            ${state.text === '' ? raw('') : html`<td>${node.word}</td>`}
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

function linked({ name, link }: GraphNode): Html {
  return link === undefined ? html`${name}` : html`<a href="${link}">${name}</a>`;
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
