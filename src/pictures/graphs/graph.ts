/** What is known about a node; decides its colour, never without the word beside it. */
export type Tone = 'done' | 'partial' | 'todo' | 'waiting' | 'outside' | 'plain';

/** A graph to be drawn, as data that every format takes. Nothing in it is escaped. */
export interface Graph {
  readonly title: string;
  /** What a node needs comes before it. */
  readonly nodes: readonly GraphNode[];
}

export interface GraphNode {
  readonly id: string;
  readonly name: string;
  /** Further lines for formats that have room: the stage, when it was made. */
  readonly lines: readonly string[];
  /** What is known about it: `hit`, `312 hit, 688 miss`. Empty when nothing is. */
  readonly word: string;
  readonly tone: Tone;
  /** Why it is so, for formats that have room. */
  readonly remark: string;
  /** Relative or absolute address of what it stands for. */
  readonly link?: string;
  readonly needs: readonly GraphEdge[];
}

export interface GraphEdge {
  /** Id of the node that is read. */
  readonly id: string;
  /** The port that reads it; may be empty. */
  readonly label: string;
}

/** One way to draw a graph. */
export interface GraphFormat {
  readonly name: string;
  readonly summary: string;
  /** @param columns room for text formats, in characters */
  render(graph: Graph, columns: number): string;
}
