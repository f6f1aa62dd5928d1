import { describe, expect, test } from '@jest/globals';
import { everyGroup, lostText, withKnown } from '../../src/leakage/every-group';

const FACES = { groups: { A: { images: 6, identities: 3 }, D: { images: 2, identities: 1 } } };

describe('everyGroup()', () => {
  test('has each group that pairs, data set or faces name once, with what it has lost', () => {
    const pairs = {
      groups: ['B', 'A'],
      groupOf: Uint16Array.of(0, 1, 1),
      named: [
        { group: 'A', pairs: 2, notOnDisk: 1 },
        { group: 'B', pairs: 1, reason: 'no photographs: B is empty' },
        { group: 'C', pairs: 0, reason: 'no pairs: C_pairs.txt was not found' },
      ],
    };
    const skipped = { A: { truncated: 3 }, E: { 'missing-landmarks': 4 } };
    expect(everyGroup(pairs, { ...FACES, skipped })).toEqual([
      { group: 'A', listedPairs: 2, photographs: { listed: 10, lost: { 'not-on-disk': 1, truncated: 3 } } },
      {
        group: 'B',
        listedPairs: 1,
        reason: 'no photographs: B is empty',
        photographs: { listed: 0, lost: {} },
      },
      {
        group: 'C',
        listedPairs: 0,
        reason: 'no pairs: C_pairs.txt was not found',
        photographs: { listed: 0, lost: {} },
      },
      {
        group: 'D',
        listedPairs: 0,
        reason: 'no pairs: the pair list names no such group',
        photographs: { listed: 2, lost: {} },
      },
      {
        group: 'E',
        listedPairs: 0,
        reason: 'no pairs: the pair list names no such group',
        photographs: { listed: 4, lost: { 'missing-landmarks': 4 } },
      },
    ]);
  });

  test('has what is doubtful of a group by its files and by its faces', () => {
    const pairs = { groups: [], groupOf: new Uint16Array(), named: [{ group: 'A', pairs: 0, doubts: ['labels'] }] };
    const found = everyGroup(pairs, {
      ...FACES,
      skipped: {},
      doubts: { A: ['landmarks: odd'], D: ['landmarks: odd'] },
    });
    expect(found.map(({ group, doubts }) => [group, doubts])).toEqual([
      ['A', ['labels', 'landmarks: odd']],
      ['D', ['landmarks: odd']],
    ]);
  });

  test('says when the pairs have the group in another case', () => {
    const pairs = { groups: ['d'], groupOf: Uint16Array.of(0), named: [] };
    const found = everyGroup(pairs, { groups: { D: FACES.groups.D }, skipped: {} });
    expect(found.map(({ group, reason }) => [group, reason])).toEqual([
      ['D', 'no pairs: the pair list names "d" instead'],
      ['d', undefined],
    ]);
  });
});

describe('groups with names that every object has', () => {
  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    '%s has what it has, and nothing else',
    name => {
      const named = [{ group: name, pairs: 0 }];
      const pairs = { groups: ['A'], groupOf: Uint16Array.of(0), named };
      const [, bare] = everyGroup(pairs, { groups: {}, skipped: {} }).sort((a, b) =>
        a.group === name ? 1 : b.group === name ? -1 : 0,
      );
      expect(bare).toMatchObject({ group: name, photographs: { listed: 0, lost: {} } });
      const skipped = Object.fromEntries([[name, { truncated: 3 }]]);
      const lost = everyGroup({ ...pairs, named: [] }, { groups: {}, skipped }).find(({ group }) => group === name);
      expect(lost?.photographs).toEqual({ listed: 3, lost: { truncated: 3 } });
    },
  );
});

describe('lostText() and withKnown()', () => {
  test('say what was lost, and put the known reason in place of a vague one', () => {
    const photographs = { listed: 10, lost: { 'not-on-disk': 1, truncated: 3 } };
    const text = '4 of 10 photographs gave no face (1 not-on-disk, 3 truncated)';
    expect(lostText(photographs)).toBe(text);
    expect(lostText({ listed: 10, lost: {} })).toBeUndefined();
    const known = { group: 'A', listedPairs: 0, reason: 'known', photographs };
    expect(withKnown(known, { accuracy: null, reason: 'vague', remarks: ['fold 3'] })).toEqual({
      accuracy: null,
      reason: 'known',
      remarks: ['fold 3', text],
      photographs,
    });
    expect(withKnown({ ...known, photographs: { listed: 1, lost: {} } }, { accuracy: 90 })).toEqual({ accuracy: 90 });
  });

  test('bring what reading the data set has warned of into the remarks of the report', () => {
    const pairs = {
      groups: ['A'],
      groupOf: Uint16Array.of(0),
      named: [{ group: 'A', pairs: 1, doubts: ['odd labels'] }],
    };
    const [known] = everyGroup(pairs, { groups: {}, skipped: {} });
    expect(withKnown(known!, { accuracy: 90, remarks: ['fold 3'] })).toEqual({
      accuracy: 90,
      remarks: ['fold 3', 'odd labels'],
    });
  });
});
