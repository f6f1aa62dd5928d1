import { printable } from '../../kit/text/printable';
import type { Graph, GraphFormat, GraphNode, Tone } from './graph';

const CLASSES: Readonly<Record<Exclude<Tone, 'plain'>, string>> = {
  done: 'fill:#dff3e6,stroke:#1a7f4b,color:#10301f',
  partial: 'fill:#fff3cf,stroke:#9a7400,color:#3a2c00',
  todo: 'fill:#ffe3dc,stroke:#b3401f,color:#44170a',
  waiting: 'fill:#e8eaee,stroke:#6b7480,color:#23272d,stroke-dasharray:4 3',
  outside: 'fill:#e3edfb,stroke:#2b62a8,color:#0d2440',
};

/** For GitHub, GitLab and others that draw `mermaid` blocks of Markdown. */
export const mermaid: GraphFormat = {
  name: 'mermaid',
  summary: 'A flowchart for Markdown pages',
  render: graph => {
    // Names of our own: `end` and others mean something to mermaid.
    const names = new Map(graph.nodes.map(({ id }, i) => [id, `n${i}`]));
    const used = new Set(graph.nodes.map(({ tone }) => tone));
    const classes = Object.entries(CLASSES).filter(([tone]) => used.has(tone as Tone));
    return [
      'flowchart TB',
      ...graph.nodes.map(
        node => `  ${names.get(node.id)!}["${labelOf(node)}"]${node.tone === 'plain' ? '' : `:::${node.tone}`}`,
      ),
      ...edges(graph, names),
      ...classes.map(([tone, style]) => `  classDef ${tone} ${style}`),
      '',
    ].join('\n');
  },
};

function edges({ nodes }: Graph, names: ReadonlyMap<string, string>): string[] {
  return nodes.flatMap(({ id, needs }) =>
    needs
      .filter(need => names.has(need.id))
      .map(({ id: need, label }) => {
        const port = label === '' ? '' : `|"${escape(label)}"|`;
        return `  ${names.get(need)!} -->${port} ${names.get(id)!}`;
      }),
  );
}

function labelOf({ name, lines, word }: GraphNode): string {
  return [name, ...lines, ...(word === '' ? [] : [word])].map(escape).join('<br/>');
}

/** Everything that mermaid or the page around it would take for markup, as its entity codes. */
function escape(text: string): string {
  return printable(text).replace(/[^\p{L}\p{N} .,:;@=+_/…×-]/gu, character =>
    character === '\n' ? ' ' : `#${character.codePointAt(0)!};`,
  );
}
