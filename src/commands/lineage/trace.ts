import type { Action, ExternalRecord, InputRecord } from '../../workflow/store';

/** Where an artifact comes from and what was made from it. */
export interface Lineage {
  /** Id of the node that was asked for. */
  readonly target: string;
  /** The sources of a node come before it. */
  readonly nodes: readonly LineageNode[];
}

interface Common {
  readonly id: string;
  /** `source`: the target was made from it; `product`: it was made from the target. */
  readonly relation: 'target' | 'source' | 'product';
  readonly needs: readonly { readonly id: string; readonly port: string }[];
}

export type LineageNode =
  | (Common & {
      readonly kind: 'artifact';
      readonly action: Action;
      /** Other actions that made the same bytes. */
      readonly alsoMadeBy: readonly Action[];
    })
  /** A file or folder outside the store. */
  | (Common & { readonly kind: 'external'; readonly external: ExternalRecord })
  /** An artifact of which no record is left. */
  | (Common & { readonly kind: 'gone'; readonly input: InputRecord });

/**
 * Follows an artifact back to all its sources and forward to everything made from it. Work whose bytes are equal counts as the same
 * artifact, as it does for a run.
 */
export function traceLineage(target: Action, actions: readonly Action[]): Lineage {
  const store = indexOf(actions);
  const sources = new Map<string, LineageNode>();
  const root = visitSources(target, 'target', store, sources);
  const products = visitProducts(target, store, new Set(sources.keys()));
  return { target: root, nodes: [...sources.values(), ...products] };
}

interface Index {
  readonly byKey: ReadonlyMap<string, Action>;
  readonly byObject: ReadonlyMap<string, readonly Action[]>;
  /** Actions that read an object. */
  readonly readers: ReadonlyMap<string, readonly Action[]>;
}

function indexOf(actions: readonly Action[]): Index {
  return {
    byKey: new Map(actions.map(action => [action.key, action])),
    byObject: groupBy(actions, action => [action.object]),
    readers: groupBy(actions, ({ inputs }) => [...new Set(inputs.map(({ object }) => object))]),
  };
}

/** Adds the node of an action and, before it, those of what it was made from. Returns its id. */
function visitSources(
  action: Action,
  relation: LineageNode['relation'],
  store: Index,
  nodes: Map<string, LineageNode>,
  open = new Set<string>(),
): string {
  const id = action.object;
  if (nodes.has(id) || open.has(id)) return id;
  open.add(id);
  const inputs = action.inputs.map(input => ({ id: visitInput(input, store, nodes, open), port: input.port }));
  const externals = action.externals.map(external => ({ id: addExternal(external, nodes), port: external.option }));
  nodes.set(id, {
    ...artifactNode(action, store),
    relation,
    needs: [...inputs, ...externals].filter(need => !open.has(need.id)),
  });
  open.delete(id);
  return id;
}

function visitInput(input: InputRecord, store: Index, nodes: Map<string, LineageNode>, open: Set<string>): string {
  const action = store.byKey.get(input.key) ?? store.byObject.get(input.object)?.[0];
  if (action !== undefined) return visitSources(action, 'source', store, nodes, open);
  nodes.set(input.object, { kind: 'gone', id: input.object, relation: 'source', needs: [], input });
  return input.object;
}

function addExternal(external: ExternalRecord, nodes: Map<string, LineageNode>): string {
  const id = `${external.path} ${external.digest}`;
  nodes.set(id, { kind: 'external', id, relation: 'source', needs: [], external });
  return id;
}

/** What was made from the target, each after what it reads of that. */
function visitProducts(target: Action, store: Index, known: Set<string>): LineageNode[] {
  const reached = new Map<string, Action>();
  const queue = [target.object];
  for (const object of queue) {
    for (const reader of store.readers.get(object) ?? []) {
      if (reached.has(reader.object) || known.has(reader.object)) continue;
      reached.set(reader.object, reader);
      queue.push(reader.object);
    }
  }
  const nodes = new Map<string, LineageNode>();
  const visit = (action: Action, open: Set<string>): void => {
    if (nodes.has(action.object) || open.has(action.object)) return;
    open.add(action.object);
    const own = action.inputs.filter(({ object }) => object === target.object || reached.has(object));
    for (const { object } of own) if (object !== target.object) visit(reached.get(object)!, open);
    const needs = own.filter(({ object }) => !open.has(object)).map(({ object, port }) => ({ id: object, port }));
    nodes.set(action.object, { ...artifactNode(action, store), relation: 'product', needs });
    open.delete(action.object);
  };
  for (const action of reached.values()) visit(action, new Set());
  return [...nodes.values()];
}

function artifactNode(action: Action, store: Index) {
  const alsoMadeBy = (store.byObject.get(action.object) ?? []).filter(({ key }) => key !== action.key);
  return { kind: 'artifact', id: action.object, action, alsoMadeBy } as const;
}

function groupBy(actions: readonly Action[], keysOf: (action: Action) => readonly string[]): Map<string, Action[]> {
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    for (const key of keysOf(action)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [action]);
      else group.push(action);
    }
  }
  return groups;
}
