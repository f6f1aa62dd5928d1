import type { CheckedPipeline } from '../../workflow/configuration/checked-pipeline';
import { EXIT, UserError } from '../../errors';
import type { PlannedStep } from '../../workflow/plan/planned-step';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import { ascii } from '../../pictures/graphs/dag-ascii';
import { dot } from '../../pictures/graphs/dag-dot';
import { htmlPage } from '../../pictures/graphs/dag-html';
import { mermaid } from '../../pictures/graphs/dag-mermaid';
import type { Graph, GraphFormat } from '../../pictures/graphs/graph';
import { pipelineGraph, type PipelineGraphOptions } from './pipeline-graph';

export type { Graph, GraphNode } from '../../pictures/graphs/graph';

/** Every way to draw a graph. */
export const GRAPH_FORMATS: readonly GraphFormat[] = [ascii, mermaid, dot, htmlPage];

export interface DagOptions extends PipelineGraphOptions {
  /** Room for text, in characters. */
  readonly columns: number;
}

/**
 * What `pipeline dag` prints: the stages of a pipeline and what reads what, with the state of those in `states` (which may be empty).
 * Throws UserError `unknown-format`.
 */
export function dag(
  pipeline: CheckedPipeline,
  states: ReadonlyMap<string, PlannedStep>,
  format: string,
  options: DagOptions,
): string {
  return drawGraph(pipelineGraph(pipeline, states, options), format, options.columns);
}

/** Draws any graph. Throws UserError `unknown-format`. */
export function drawGraph(graph: Graph, format: string, columns: number): string {
  const found = GRAPH_FORMATS.find(({ name }) => name === format);
  if (found) return found.render(graph, columns);
  const names = GRAPH_FORMATS.map(({ name }) => name);
  throw new UserError(`Unknown format ${quote(format)}: use ${alternatives(names)}${suggestion(format, names)}`, {
    code: 'unknown-format',
    exit: EXIT.usage,
  });
}
