import { printable } from '../../kit/text/printable';
import type { Graph, GraphFormat, GraphNode, Tone } from './graph';

const COLOURS: Readonly<Record<Tone, string>> = {
  done: ', fillcolor="#dff3e6", color="#1a7f4b"',
  partial: ', fillcolor="#fff3cf", color="#9a7400"',
  todo: ', fillcolor="#ffe3dc", color="#b3401f"',
  waiting: ', fillcolor="#e8eaee", color="#6b7480", style="rounded,filled,dashed"',
  outside: ', fillcolor="#e3edfb", color="#2b62a8"',
  plain: '',
};

/** For Graphviz: `dot -Tsvg`. */
export const dot: GraphFormat = {
  name: 'dot',
  summary: 'Graphviz, to be drawn with `dot -Tsvg`',
  render: graph => {
    const names = new Map(graph.nodes.map(({ id }, i) => [id, `n${i}`]));
    return [
      `digraph ${quoted(graph.title)} {`,
      '  node [shape=box, style="rounded,filled", fillcolor="white", fontname="sans-serif", fontsize=11]',
      '  edge [fontname="sans-serif", fontsize=9, color="#6b7480"]',
      ...graph.nodes.map(
        node => `  ${names.get(node.id)!} [label=${labelOf(node)}${linkOf(node)}${COLOURS[node.tone]}]`,
      ),
      ...edges(graph, names),
      '}',
      '',
    ].join('\n');
  },
};

function edges({ nodes }: Graph, names: ReadonlyMap<string, string>): string[] {
  return nodes.flatMap(({ id, needs }) =>
    needs
      .filter(need => names.has(need.id))
      .map(({ id: need, label }) => {
        const port = label === '' ? '' : ` [label=${quoted(label)}]`;
        return `  ${names.get(need)!} -> ${names.get(id)!}${port}`;
      }),
  );
}

function labelOf({ name, lines, word }: GraphNode): string {
  return `"${[name, ...lines, ...(word === '' ? [] : [word])].map(escape).join('\\n')}"`;
}

function linkOf({ link }: GraphNode): string {
  return link === undefined ? '' : `, URL=${quoted(link)}`;
}

function quoted(text: string): string {
  return `"${escape(text)}"`;
}

/** A backslash begins an escape of Graphviz (`\N` is the node's name), and `&` an entity of HTML. */
function escape(text: string): string {
  return printable(text).replaceAll('\n', ' ').replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
}
