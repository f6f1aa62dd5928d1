import type { FaceRow } from '../../data/face-set';
import type { PeopledFaces } from '../../leakage/refuse-duplicates';

/** Gathers the faces of a mix as they are chosen: 12 bytes a face, a name per identity. */
export function mixPeople(): { add(set: number, face: FaceRow): void; people(): PeopledFaces } {
  const labels = new Map<string, number>();
  const groups: string[] = [];
  const [sets, rows, people]: [number[], number[], number[]] = [[], [], []];
  return {
    add(set, { row, group, identity }) {
      const key = `${set}/${group}/${identity}`;
      let label = labels.get(key);
      if (label === undefined) {
        labels.set(key, (label = labels.size));
        groups.push(group);
      }
      sets.push(set);
      rows.push(row);
      people.push(label);
    },
    people: () => ({
      sets: Uint32Array.from(sets),
      rows: Uint32Array.from(rows),
      labels: Int32Array.from(people),
      groups,
    }),
  };
}
