import type { CheckedPipeline } from '../../configuration/checked-pipeline';
import { EXIT, UserError } from '../../errors';
import type { PlannedStep } from '../../pipeline/planned-step';
import { alternatives, quote, suggestion } from '../../util/quote';
import { ascii } from './dag-ascii';
import { dot } from './dag-dot';
import { htmlPage } from './dag-html';
import { mermaid } from './dag-mermaid';
import type { Graph, GraphFormat } from './graph';
import { pipelineGraph, type PipelineGraphOptions } from './pipeline-graph';

export type { Graph, GraphEdge, GraphFormat, GraphNode, Tone } from './graph';

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
