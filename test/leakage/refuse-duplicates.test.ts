import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openFaceSet } from '../../src/data/face-set';
import { refuseDuplicates } from '../../src/leakage/refuse-duplicates';
import type { StageEvent } from '../../src/stage';
import { digest, writeContents } from '../helpers/face-set';
import { temporaryFolder } from '../helpers/photo-folder';

type Face = Parameters<typeof writeContents>[0][number];

/** Every face is in the list, its person known by set, group and name. */
async function check(sets: readonly (readonly Face[])[], allowed = 0) {
  const folder = await temporaryFolder('duplicates');
  const named = [];
  const [places, rows, labels, groups]: [number[], number[], number[], string[]] = [[], [], [], []];
  const people = new Map<string, number>();
  for (const [set, faces] of sets.entries()) {
    const opened = await openFaceSet(await writeContents(faces, set === 0 ? 'real' : 'synthetic'));
    named.push({ stage: `align-${set}`, faces: opened });
    for await (const { row, group, identity } of opened.rows()) {
      const person = `${set}/${group}/${identity}`;
      if (!people.has(person)) groups.push(group);
      people.set(person, people.get(person) ?? people.size);
      places.push(set);
      rows.push(row);
      labels.push(people.get(person)!);
    }
  }
  const events: StageEvent[] = [];
  const faces = {
    sets: Uint32Array.from(places),
    rows: Uint32Array.from(rows),
    labels: Int32Array.from(labels),
    groups,
  };
  let duplicates = {};
  try {
    duplicates = await refuseDuplicates(named, faces, { allowed, doing: 'Train', folder }, event => events.push(event));
  } finally {
    for (const { faces: opened } of named) await opened.close();
  }
  return {
    folder,
    metrics: { duplicates },
    warnings: events.flatMap(event => (event.type === 'log' ? [event.text] : [])),
  };
}

const face = (identity: string, number: number, more: Partial<Face> = {}): Face => ({
  identity,
  key: digest(number),
  path: `${more.group ?? 'A'}/${identity}/${number}.jpg`,
  ...more,
});
/** Ten faces of group A, of which two show one picture under two names, and ten sound ones of group B. */
const SHARED = [
  face('anna', 1),
  face('bert', 1, { path: 'A/bert/other.jpg' }),
  ...Array.from({ length: 8 }, (_, i) => face(`p${i}`, 10 + i)),
  ...Array.from({ length: 10 }, (_, i) => face(`q${i}`, 30 + i, { group: 'B' })),
];

describe('refuseDuplicates()', () => {
  test('says nothing of different pictures, and counts none', async () => {
    const { folder, metrics, warnings } = await check([[face('anna', 1), face('anna', 2), face('bert', 3)]]);
    expect(metrics).toEqual({ duplicates: { ofOtherIdentity: 0, ofSameIdentity: 0 } });
    expect([warnings, await readdir(folder)]).toEqual([[], []]);
  });

  test('refuses a picture of two people: how many, of which group, which, and what to write', async () => {
    const failure = check([SHARED]);
    await expect(failure).rejects.toMatchObject({ code: 'duplicate-faces' });
    await expect(failure).rejects.toThrow('Train: 2 of 10 faces of group A show the same picture');
    await expect(failure).rejects.toThrow(
      '"A/anna/1.jpg" of "real/A/anna" (align-0) = "A/bert/other.jpg" of "real/A/bert" (align-0): the same pixels',
    );
    await expect(failure).rejects.toThrow('`allowDuplicates: 0.2` under `with`');
  });

  test('counts by group: what is little of all faces can be much of one group', async () => {
    await expect(check([SHARED], 0.1)).rejects.toMatchObject({ code: 'duplicate-faces' });
    const { metrics, warnings, folder } = await check([SHARED], 0.2);
    expect(metrics).toEqual({ duplicates: { ofOtherIdentity: 2, ofSameIdentity: 0, groups: { A: 2 } } });
    expect(warnings).toEqual([expect.stringContaining('2 of 10 faces of group A')]);
    expect((await readFile(join(folder, 'duplicates.txt'), 'utf8')).split('\n')).toEqual([
      'same\tpicture\tset\tdomain\tgroup\tidentity\tpath',
      `pixels\t${digest(1).slice(0, 16)}\t0\treal\tA\tanna\tA/anna/1.jpg`,
      `pixels\t${digest(1).slice(0, 16)}\t0\treal\tA\tbert\tA/bert/other.jpg`,
      '',
    ]);
  });

  test('compares across sets, and people of one name in two sets are two', async () => {
    await expect(check([[face('0', 1)], [face('0', 1)]])).rejects.toThrow(
      '"A/0/1.jpg" of "real/A/0" (align-0) = "A/0/1.jpg" of "synthetic/A/0" (align-1): the same pixels',
    );
  });

  test('knows a photograph that was aligned in two ways by its file', async () => {
    const photo = digest(0x99);
    await expect(check([[face('anna', 1, { photo }), face('bert', 2, { photo })]])).rejects.toThrow(
      /: the same file\n/,
    );
  });

  test('warns of a picture that one person has twice', async () => {
    const { metrics, warnings, folder } = await check([[face('anna', 1), face('anna', 1), face('bert', 2)]]);
    expect(metrics).toEqual({ duplicates: { ofOtherIdentity: 0, ofSameIdentity: 2 } });
    expect(warnings).toEqual([
      expect.stringMatching(/^2 of 3 faces show the same picture as another face of the same/),
    ]);
    expect(await readFile(join(folder, 'duplicates.txt'), 'utf8')).toMatch(/^own\t/m);
  });

  test('says that pictures of one colour are empty ones, and names each person once', async () => {
    const black = Array.from({ length: 6 }, (_, i) => face(`p${i >> 1}`, 1, { path: `A/${i}.jpg` }));
    await expect(check([black])).rejects.toThrow(
      /"A\/0.jpg" of .* = "A\/2.jpg" of .* = "A\/4.jpg" of .* and 3 more: the same pixels, all of one colour/,
    );
  });
});
