import { own } from '../../../kit/own';
import { splitPort } from '../../../kit/text/port-names';
import { alternatives, quote } from '../../../kit/text/quote';
import type { StepOutput } from '../checked-pipeline';
import type { Connection, Connections } from './connect';
import { stepId, type StageGroup } from './groups';
import { MAX_CONNECTIONS } from '../read/limits';
import type { LocatedMap } from '../read/located';
import type { Cell } from './matrix';
import { GiveUp, type Problem, type ReportProblem, type Span } from '../read/problem';

/** An artifact that a step reads, and where the file says so. */
export interface LinkedOutput extends StepOutput {
  readonly span: Span;
}

/** By input port, in order. */
export type Links = ReadonlyMap<string, readonly LinkedOutput[]>;

/** Finds what each cell of a stage entry reads: of another matrix, the cells that agree with it on the keys that both have. */
export type LinkCells = (group: StageGroup, connections: Connections, cell: Cell) => Links;

/** For all steps of a pipeline; what a connection lacks is reported once, not for each cell. */
export function linkCells(report: ReportProblem): LinkCells {
  const indexes = new Map<StageGroup, Map<string, CellIndex>>();
  const told = new Set<Connection>();
  let left = MAX_CONNECTIONS;

  const cellsFor = (source: StageGroup, keys: readonly string[], cell: Cell): readonly Cell[] => {
    if (keys.length === 0) return source.cells;
    const known = indexes.get(source) ?? new Map<string, CellIndex>();
    indexes.set(source, known);
    const name = keys.join(',');
    const index = known.get(name) ?? indexBy(source.cells, keys);
    known.set(name, index);
    return index.get(agreementOf(cell.values, keys)) ?? [];
  };

  return (group, connections, cell) => {
    const links = new Map<string, LinkedOutput[]>();
    for (const [name, { connections: list }] of connections) {
      const outputs = list.flatMap(connection => {
        const source = connection.group;
        if (source === group) return [];
        const keys = source.axes.filter(key => group.axes.includes(key));
        const cells = connection.cell ? [connection.cell] : cellsFor(source, keys, cell);
        const problem = wrongNumber({ group, name, connection, cell, keys }, cells);
        if (problem && !told.has(connection)) {
          told.add(connection);
          report(problem);
        }
        if ((left -= cells.length) < 0) {
          const message = `The stages read more than ${MAX_CONNECTIONS} results of each other: give those that read a whole matrix fewer cells`;
          report({ code: 'too-many-connections', message, span: connection.span });
          throw new GiveUp();
        }
        const { port, span } = connection;
        return cells.map(one => ({ step: stepId(source, one), port: port ?? '', span }));
      });
      links.set(name, outputs);
    }
    return links;
  };
}

type CellIndex = ReadonlyMap<string, readonly Cell[]>;

function indexBy(cells: readonly Cell[], keys: readonly string[]): CellIndex {
  const index = new Map<string, Cell[]>();
  for (const cell of cells) {
    const text = agreementOf(cell.values, keys);
    const same = index.get(text);
    if (same) same.push(cell);
    else index.set(text, [cell]);
  }
  return index;
}

function agreementOf(values: LocatedMap, keys: readonly string[]): string {
  return JSON.stringify(keys.map(key => scalarAt(values, key)));
}

function scalarAt(values: LocatedMap, key: string): unknown {
  const value = values.entries.get(key)?.value;
  return value?.kind === 'scalar' ? value.value : undefined;
}

interface Reader {
  readonly group: StageGroup;
  /** Of the port. */
  readonly name: string;
  readonly connection: Connection;
  readonly cell: Cell;
  /** Of both matrices. */
  readonly keys: readonly string[];
}

function wrongNumber({ group, name, connection, cell, keys }: Reader, cells: readonly Cell[]): Problem | undefined {
  const { group: source, span } = connection;
  // What is wrong with its matrix has been reported.
  if (source.cells.length === 0) return undefined;
  const start = `Cannot connect input ${quote(name)} of ${quote(group.spec.id)}`;
  const id = quote(source.spec.id);
  if (cells.length === 0) {
    const values = keys.map(key => `${key}=${String(scalarAt(cell.values, key))}`).join(',');
    const message = `${start}: no cell of ${id} has ${quote(values)}; make the matrices agree, matrix: {like: ${source.spec.id}}`;
    return { code: 'no-cell', message, span };
  }
  const port = group.stage && own(group.stage.inputs, splitPort(name)[0]);
  if (cells.length === 1 || !port || port.many === true || port.named === true) return undefined;
  const names = alternatives(cells.slice(0, 3).map(one => `${source.spec.id}@${one.name}`));
  const more = cells.length > 3 ? ' …' : '';
  const message = `${start}: it takes one, ${cells.length} cells of ${id} would fit; give ${quote(group.spec.id)} matrix: {like: ${source.spec.id}}, or name one, ${names}${more}`;
  return { code: 'several-cells', message, span };
}
