import type { Action } from '../../workflow/store';
import { EXIT, UserError } from '../../errors';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import { drawGraph, type Graph, type GraphNode } from '../dag';
import type { LocatedArtifact } from '../shared/locate';
import { ageOf, dateOf, shortDigest, shortPath, shortRun } from '../shared/wording';
import { lineageText, type LineageTextOptions } from './lineage-text';
import { traceLineage, type Lineage, type LineageNode } from './trace';

export const LINEAGE_FORMATS = ['text', 'mermaid', 'dot', 'html', 'json'] as const;

export interface LineageOptions extends LineageTextOptions {
  readonly columns: number;
  /** Address of an object's folder, for formats with links. */
  readonly linkOf?: (object: string) => string | undefined;
}

/**
 * What `pipeline lineage` prints about an artifact: all that it was made from, back to the files outside the store, and all that was made from it.
 * Throws UserError `unknown-format`, or `no-record` when only the bytes are left.
 */
export function lineage(
  { object, actions: own }: LocatedArtifact,
  actions: readonly Action[],
  format: string,
  options: LineageOptions,
): string {
  const target = own.at(-1);
  if (target === undefined) {
    throw new UserError(`Cannot trace ${object}: the store has no record of what made it`, {
      code: 'no-record',
      exit: EXIT.storage,
    });
  }
  const traced = traceLineage(target, actions);
  if (format === 'text') return lineageText(traced, options);
  if (format === 'json') return lineageJson(traced);
  if ((LINEAGE_FORMATS as readonly string[]).includes(format))
    return drawGraph(lineageGraph(traced, options), format, options.columns);
  throw new UserError(
    `Unknown format ${quote(format)}: use ${alternatives(LINEAGE_FORMATS)}${suggestion(format, LINEAGE_FORMATS)}`,
    {
      code: 'unknown-format',
      exit: EXIT.usage,
    },
  );
}

function lineageJson({ target, nodes }: Lineage): string {
  return `${JSON.stringify({ kind: 'fairdistill-lineage', format: 1, target, nodes }, null, 1)}\n`;
}

function lineageGraph({ target, nodes }: Lineage, options: LineageOptions): Graph {
  const root = nodes.find(({ id }) => id === target);
  const title = root?.kind === 'artifact' ? `${root.action.pipeline}/${root.action.step}` : target;
  return { title: `Lineage of ${title}`, nodes: nodes.map(node => graphNode(node, options)) };
}

function graphNode(node: LineageNode, { cwd, now, linkOf }: LineageOptions): GraphNode {
  const common = { id: node.id, needs: node.needs.map(({ id, port }) => ({ id, label: port })), remark: '' };
  switch (node.kind) {
    case 'external':
      return {
        ...common,
        name: shortPath(node.external.path, cwd),
        lines: [shortDigest(node.external.digest)],
        word: 'outside the store',
        tone: 'outside',
      };
    case 'gone':
      return {
        ...common,
        name: node.input.step,
        lines: [shortDigest(node.input.object)],
        word: 'no longer in the store',
        tone: 'todo',
      };
    case 'artifact': {
      const { step, stage, object, run, finished, accepted } = node.action;
      const word = accepted === null ? RELATIONS[node.relation] : `${RELATIONS[node.relation]}, accepted`;
      const remark = [
        `made ${dateOf(finished)} in run ${run}`,
        ...(accepted === null ? [] : [`accepted because: ${accepted.because}`]),
      ];
      const link = linkOf?.(object);
      return {
        ...common,
        ...(link !== undefined && { link }),
        name: step,
        lines: [stage.name, `${shortDigest(object)} ${shortRun(run)}, ${ageOf(finished, now)}`],
        word,
        tone: accepted !== null ? 'partial' : node.relation === 'target' ? 'done' : 'plain',
        remark: remark.join('; '),
      };
    }
  }
}

const RELATIONS: Readonly<Record<LineageNode['relation'], string>> = {
  target: 'this artifact',
  source: 'source',
  product: 'product',
};
