import type { Action } from '../../workflow/store';
import { clip, printable } from '../../kit/text/printable';
import { ageOf, shortDigest, shortPath, shortRun } from '../shared/wording';
import type { Lineage, LineageNode } from './trace';

export interface LineageTextOptions {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Branch {
  readonly id: string;
  readonly label: string;
}

/** Two trees: what the artifact was made from, and what was made from it. What occurs twice is followed once. */
export function lineageText({ target, nodes }: Lineage, options: LineageTextOptions): string {
  const byId = new Map(nodes.map(node => [node.id, node]));
  const root = byId.get(target)!;
  const readers = readersOf(nodes);
  const needs = (id: string): Branch[] =>
    byId.get(id)!.needs.map(need => ({ id: need.id, label: printable(need.port) }));
  const products = (id: string): Branch[] => readers.get(id) ?? [];
  const sources = tree(target, needs, byId, options);
  const made = tree(target, products, byId, options);
  return [
    nodeText(root, options),
    ...(root.kind === 'artifact' ? remarks(root.action, root.alsoMadeBy, options) : []),
    '',
    ...(sources.length === 0 ? ['made from no other artifact'] : ['made from', ...sources]),
    '',
    ...(made.length === 0 ? ['used by nothing'] : ['used by', ...made]),
    '',
  ].join('\n');
}

function tree(
  root: string,
  branchesOf: (id: string) => readonly Branch[],
  byId: ReadonlyMap<string, LineageNode>,
  options: LineageTextOptions,
): string[] {
  const seen = new Set<string>();
  const lines: string[] = [];
  const visit = (id: string, indent: string): void => {
    const branches = branchesOf(id);
    branches.forEach(({ id: next, label }, i) => {
      const isLast = i === branches.length - 1;
      const again = seen.has(next) && branchesOf(next).length > 0;
      const port = label === '' ? '' : `${label}: `;
      lines.push(
        `${indent}${isLast ? '└─' : '├─'} ${port}${nodeText(byId.get(next)!, options)}${again ? '  (see above)' : ''}`,
      );
      if (seen.has(next)) return;
      seen.add(next);
      visit(next, `${indent}${isLast ? '   ' : '│  '}`);
    });
  };
  visit(root, '');
  return lines;
}

function readersOf(nodes: readonly LineageNode[]): Map<string, Branch[]> {
  const readers = new Map<string, Branch[]>();
  for (const { id, needs, relation } of nodes) {
    if (relation !== 'product') continue;
    for (const need of new Set(needs.map(each => each.id)))
      readers.set(need, [...(readers.get(need) ?? []), { id, label: '' }]);
  }
  return readers;
}

function nodeText(node: LineageNode, { cwd, now }: LineageTextOptions): string {
  switch (node.kind) {
    case 'external':
      return `${shortPath(node.external.path, cwd)}  ${shortDigest(node.external.digest)}  outside the store`;
    case 'gone':
      return `${printable(node.input.step)}  ${shortDigest(node.input.object)}  no longer in the store`;
    case 'artifact': {
      const { step, stage, object, run, finished, accepted } = node.action;
      const because = accepted === null ? '' : `  accepted: ${clip(accepted.because, 80)}`;
      const name = step === stage.name ? printable(step) : `${printable(step)} (${printable(stage.name)})`;
      return `${name}  ${shortDigest(object)}  run ${shortRun(run)}, ${ageOf(finished, now)}${because}`;
    }
  }
}

function remarks({ accepted, pipeline }: Action, alsoMadeBy: readonly Action[], { now }: LineageTextOptions): string[] {
  return [
    `of pipeline ${printable(pipeline)}`,
    ...(accepted === null
      ? []
      : [
          `accepted ${ageOf(accepted.time, now)} although it was made under the key ${shortDigest(accepted.from)}, because: ${clip(accepted.because, 300)}`,
        ]),
    ...alsoMadeBy.map(
      action =>
        `the same bytes were made as ${printable(action.pipeline)}/${printable(action.step)} in run ${shortRun(action.run)}, ${ageOf(action.finished, now)}`,
    ),
  ];
}
