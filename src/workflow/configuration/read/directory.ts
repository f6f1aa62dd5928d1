import type { InputPort } from '../../../stage';
import { alternatives, quote } from '../../../kit/text/quote';
import { nearby } from './nearby';
import { stepId, type StageGroup, type Groups } from '../check/groups';
import type { Cell } from '../check/matrix';

/** What a reference names: a stage entry with all its cells, or one cell. */
export interface Named {
  readonly group: StageGroup;
  /** Undefined for all cells. */
  readonly cell?: Cell;
  /** As the file has it; undefined for all cells. */
  readonly step?: string;
}

export interface Reference {
  /** Undefined when nothing has the name. */
  readonly named: Named | undefined;
  /** The name that was looked for. */
  readonly tried: string;
  readonly output: string | undefined;
}

/** Finds stages by the names that their files know them by. */
export interface Directory {
  /** `align`, `mix.real`, `faces.align.faces`, `student@seed=1,weight=0.5.model`, seen from a stage entry. */
  find(text: string, from: StageGroup): Reference;
  /** `no stage "algin", the file has …`, with the nearest. */
  unknown(name: string, from: StageGroup): string;
  /** `wanted face-set, which "align" makes`; names what in the file would fit. */
  wantedFor(port: InputPort, from: StageGroup): string;
}

const MAX_EXPLAINED = 100;

export function openDirectory(groups: Groups): Directory {
  const cells = new Map<string, Named>();
  for (const group of groups.values()) {
    for (const cell of group.cells) if (cell.name !== '') cells.set(stepId(group, cell), { group, cell });
  }
  const idsOf = memo((prefix: string) =>
    [...groups.keys()].filter(id => id.startsWith(prefix)).map(id => id.slice(prefix.length)),
  );
  let explained = 0;
  const makersOf = memo((key: string) => makers(groups, key));

  const lookUp = (name: string, { module }: StageGroup): Named | undefined => {
    const group = groups.get(module.prefix + name);
    if (group) return { group };
    const cell = cells.get(module.prefix + name);
    return cell && { ...cell, step: name };
  };

  return {
    find: (text, from) => {
      const dot = text.lastIndexOf('.');
      const [head, output] = dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
      const whole: Reference = { named: lookUp(text, from), tried: text, output: undefined };
      if (output === undefined) return whole;
      const part: Reference = { named: lookUp(head, from), tried: head, output };
      // A resolved file names every port, and has ids with dots in them.
      const [first, second] = from.module.spec.resolved ? [part, whole] : [whole, part];
      if (first.named || second.named) return first.named ? first : second;
      // `faces.algin`: with the prefix of an import before it, the whole is a name.
      const isImported = from.module.spec.imports.some(
        ({ prefix }) => prefix.name === text.slice(0, text.indexOf('.')),
      );
      return isImported && !head.includes('.') ? whole : part;
    },
    unknown: (name, from) => {
      // Comparing names takes time, and nobody reads so many mistakes.
      if (++explained > MAX_EXPLAINED) return `no stage ${quote(name)}`;
      const ids = idsOf(from.module.prefix).filter(id => id !== from.spec.id);
      const has = ids.length === 0 ? 'there is no other' : `the file has ${alternatives(ids, 'and')}`;
      const [base, cell] = name.split('@');
      const matrix = cell === undefined ? undefined : groups.get(from.module.prefix + base!)?.cells;
      if (matrix?.[0]) return unknownCell(name, base!, matrix);
      return `no stage ${quote(name)}, ${has}${nearby(name, ids)}`;
    },
    wantedFor: ({ type }, from) => {
      const names = makersOf(`${from.module.prefix} ${type}`);
      const others = names.filter(({ id }) => id !== from.id).map(({ name }) => name);
      if (others.length === 0) return `wanted ${type}, which no other stage of this file makes`;
      return `wanted ${type}, which ${alternatives(others, 'and')} ${others.length === 1 ? 'makes' : 'make'}`;
    },
  };
}

function unknownCell(name: string, base: string, cells: readonly Cell[]): string {
  const names = cells.map(cell => `${base}@${cell.name}`);
  if (cells[0]!.name === '') return `no stage ${quote(name)}: ${quote(base)} has no matrix`;
  return `no cell ${quote(name)}, there are ${alternatives(names.slice(0, 4), 'and')}${nearby(name, names)}`;
}

/** What in a file makes a type: the name of a stage, or of its port where it makes several. */
function makers(groups: Groups, key: string): { id: string; name: string }[] {
  const [prefix, type] = key.split(' ') as [string, string];
  return [...groups.values()].flatMap(({ id, stage }) => {
    if (!stage || !id.startsWith(prefix)) return [];
    const local = id.slice(prefix.length);
    const fitting = Object.keys(stage.outputs).filter(port => stage.outputs[port]!.type === type);
    if (fitting.length === 1) return [{ id, name: local }];
    return fitting.map(port => ({ id, name: `${local}.${port}` }));
  });
}

function memo<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return key => {
    const found = known.get(key) ?? make(key);
    known.set(key, found);
    return found;
  };
}
