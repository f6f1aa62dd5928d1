import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { checkTest } from '../../src/leakage/check-test';
import { openFaceSet } from '../../src/data/face-set';
import { createPairList, readPairs } from '../../src/data/pair-list';
import { writePairPhotographs } from '../../src/leakage/pair-photographs';
import { NOTHING_SEEN, seenLists } from '../../src/leakage/seen-lists';
import { numberWriter } from '../../src/leakage/face-contents';
import { writeTrainedOn, type TrainedOn } from '../../src/leakage/trained-on';
import type { StageEvent } from '../../src/stage';
import { digest, writeContents } from '../helpers/face-set';
import { temporaryFolder } from '../helpers/photo-folder';

type Face = Parameters<typeof writeContents>[0][number];
type Pair = readonly [a: string, b: string, genuine: boolean];

const face = (path: string, number: number): Required<Face> => {
  const [group, identity] = path.split('/') as [string, string];
  return { path, group, identity, key: digest(number), photo: digest(number + 0x80) };
};
/** Two people of two photographs in each of two groups, and one whom no pair names. */
const FACES = [
  face('A/anna/1', 1),
  face('A/anna/2', 2),
  face('A/bert/1', 3),
  face('A/bert/2', 4),
  face('B/carl/1', 5),
  face('B/carl/2', 6),
  face('B/dora/1', 7),
  face('B/dora/2', 8),
  face('B/else/1', 9),
];
const PAIRS: readonly Pair[] = [
  ['A/anna/1', 'A/anna/2', true],
  ['A/bert/1', 'A/bert/2', true],
  ['A/anna/1', 'A/bert/2', false],
  ['B/carl/1', 'B/carl/2', true],
  ['B/dora/1', 'B/dora/2', true],
  ['B/carl/2', 'B/dora/1', false],
];

async function writePairs(pairs: readonly Pair[]): Promise<string> {
  const folder = await temporaryFolder('pairs');
  const list = await createPairList(folder);
  for (const [path_a, path_b, genuine] of pairs)
    await list.append({ group: path_a.slice(0, 1), fold: 0, path_a, path_b, genuine });
  await list.close();
  return folder;
}

/** Faces and people that a model has learnt from. */
function listOf(faces: readonly Required<Face>[], identities: readonly string[] = []) {
  const [pixels, photographs] = [new BigUint64Array(faces.length), new BigUint64Array(faces.length)];
  for (const [i, { key, photo }] of faces.entries()) {
    numberWriter(pixels)(i, key);
    if (photo) numberWriter(photographs)(i, photo);
  }
  return seenLists({ pixels, photographs }, identities);
}

async function modelOf(trained: Partial<TrainedOn>): Promise<string> {
  const folder = await temporaryFolder('model');
  await writeTrainedOn(folder, { own: NOTHING_SEEN, teacher: NOTHING_SEEN, teacherIs: 'none', ...trained });
  return folder;
}

async function check({
  faces = FACES as readonly Face[],
  pairs = PAIRS,
  model = undefined as string | undefined,
  allowOverlap = 0,
  allowDuplicates = 0,
  pairsFolder = undefined as string | undefined,
}) {
  const folder = pairsFolder ?? (await writePairs(pairs));
  const opened = await openFaceSet(await writeContents(faces));
  const events: StageEvent[] = [];
  const policy = { allowOverlap, allowDuplicates, stage: 'align', folder: await temporaryFolder('evaluation') };
  const list = { pairs: await readPairs(folder), pairsFolder: folder };
  const test = { faces: opened, modelFolder: model, ...list, ...policy };
  try {
    const checks = await checkTest(test, event => events.push(event));
    const metrics = Object.assign({}, ...events.map(e => (e.type === 'metrics' ? e.values : {}))) as object;
    return { ...checks, metrics, warnings: events.flatMap(event => (event.type === 'log' ? [event.text] : [])) };
  } finally {
    await opened.close();
  }
}

describe('checkTest(): faces that were learnt from', () => {
  test('says of a model from elsewhere, and of one of an older version, that nothing is known', async () => {
    for (const model of [undefined, await temporaryFolder('model')]) {
      const { seenInTraining, warnings, metrics } = await check({ model });
      expect([seenInTraining, warnings, metrics]).toEqual([{ model: 'not known' }, [], {}]);
    }
  });

  test('passes other faces without a word, also those that no pair names', async () => {
    const model = await modelOf({ own: listOf([face('A/x/1', 40), FACES[8]!], ['real/A/x', 'synthetic/A/anna']) });
    const { seenInTraining, warnings, metrics } = await check({ model });
    const nothing = { faces: 4, seen: 0, seenByTeacher: 0 };
    const counts = { faces: 8, seen: 0, seenByTeacher: 0, identities: 0 };
    const groups = [
      { group: 'A', ...nothing },
      { group: 'B', ...nothing },
    ];
    expect(seenInTraining).toEqual({ model: 'known', teacher: 'none', ...counts, groups });
    expect([warnings, metrics]).toEqual([[], { seenInTraining: counts }]);
  });

  test('refuses a test on the training faces, and says what to write to go on', async () => {
    const model = await modelOf({ own: listOf(FACES) });
    const failure = check({ model });
    await expect(failure).rejects.toMatchObject({ code: 'test-faces-in-training' });
    await expect(failure).rejects.toThrow('learnt from 4 of 4 faces of group A, 4 of 4 faces of group B');
    await expect(failure).rejects.toThrow('"A/anna/1": the same pixels');
    await expect(failure).rejects.toThrow('`allowOverlap: 1` under `with`');
    const { seenInTraining, warnings } = await check({ model, allowOverlap: 1 });
    expect(seenInTraining).toMatchObject({ faces: 8, seen: 8 });
    expect(warnings).toEqual([expect.stringContaining('(allowOverlap: 1)')]);
  });

  test('counts by group', async () => {
    const model = await modelOf({ own: listOf([FACES[0]!]) });
    // One of eight faces, but one of four of its group.
    await expect(check({ model, allowOverlap: 0.125 })).rejects.toThrow('learnt from 1 of 4 faces of group A, so');
    const { seenInTraining } = await check({ model, allowOverlap: 0.25 });
    expect(seenInTraining).toMatchObject({ seen: 1, groups: [{ seen: 1 }, { seen: 0 }] });
  });

  test('knows a photograph that was aligned in another way by its file', async () => {
    const again = FACES.map(one => ({ ...one, key: digest(Number.parseInt(one.key.slice(0, 2), 16) + 0x40) }));
    await expect(check({ model: await modelOf({ own: listOf(again) }) })).rejects.toThrow('"A/anna/1": the same file');
    const without = again.map(one => ({ ...one, photo: '' }));
    const { seenInTraining } = await check({ model: await modelOf({ own: listOf(without) }) });
    expect(seenInTraining).toMatchObject({ seen: 0 });
  });

  test('counts what only the teacher has seen', async () => {
    const model = await modelOf({ own: listOf([FACES[0]!]), teacher: listOf(FACES.slice(1, 4)), teacherIs: 'known' });
    await expect(check({ model })).rejects.toThrow('4 of 4 faces of group A (3 by its teacher only)');
    await expect(check({ model })).rejects.toThrow('"A/anna/2": the same pixels, by its teacher');
    const { seenInTraining } = await check({ model, allowOverlap: 1 });
    expect(seenInTraining).toMatchObject({ teacher: 'known', seen: 4, seenByTeacher: 3 });
  });

  test('warns of people with the names of people in training', async () => {
    const model = await modelOf({ own: listOf([], ['real/A/anna', 'real/A/carl', 'real/B/dora', 'real/B/else']) });
    const { seenInTraining, warnings } = await check({ model });
    expect(seenInTraining).toMatchObject({ seen: 0, identities: 2 });
    expect(warnings).toEqual([expect.stringMatching(/^2 of 4 identities of the test .* the first is real\/A\/anna:/)]);
  });
});

describe('checkTest(): pairs', () => {
  const faults = async (pairs: readonly Pair[], faces: readonly Face[] = FACES) => {
    const { pairFaults, warnings: all } = await check({ pairs: [...PAIRS, ...pairs], faces, allowDuplicates: 1 });
    const warnings = all.filter(text => text.startsWith('Pairs: '));
    expect(warnings).toHaveLength(Object.keys(pairFaults).length);
    return { pairFaults, warnings };
  };

  test('says nothing of sound ones', async () => {
    expect((await check({})).pairFaults).toEqual({});
  });

  test('counts those that occur again, either way round', async () => {
    const { pairFaults, warnings } = await faults([
      ['A/anna/1', 'A/anna/2', true],
      ['A/anna/2', 'A/anna/1', true],
      ['B/dora/1', 'B/carl/2', false],
    ]);
    expect(pairFaults).toEqual({ repeated: { A: 2, B: 1 } });
    expect(warnings[0]).toMatch(
      /^Pairs: 2 of group A, 1 of group B compare .*; the first is "A\/anna\/1" and "A\/anna\/2"$/,
    );
  });

  test('counts those whose kind does not fit the identities', async () => {
    const { pairFaults } = await faults([
      ['A/anna/1', 'A/bert/1', true],
      ['B/carl/1', 'B/dora/1', false],
      ['B/dora/1', 'B/dora/2', false],
    ]);
    expect(pairFaults).toEqual({ mislabelled: { A: 1, B: 1 }, contradicting: { B: 1 } });
  });

  test('knows one picture under two paths by its pixels or its file', async () => {
    const copies = [
      { ...face('A/anna/3', 1), photo: digest(0x70) },
      { ...face('A/cleo/1', 0x71), photo: digest(3 + 0x80) },
    ];
    const { pairFaults } = await faults(
      [
        ['A/anna/1', 'A/anna/3', true],
        ['A/bert/1', 'A/cleo/1', false],
        ['A/anna/3', 'A/anna/2', true],
      ],
      [...FACES, ...copies],
    );
    expect(pairFaults).toEqual({ samePictureGenuine: { A: 1 }, samePictureImpostor: { A: 1 }, repeated: { A: 1 } });
  });

  test('refuses a picture of two identities of the test, also where no pair compares them', async () => {
    const faces = FACES.map(one => (one.path === 'B/dora/2' ? { ...one, key: digest(1) } : one));
    await expect(check({ faces })).rejects.toMatchObject({ code: 'duplicate-faces' });
    await expect(check({ faces })).rejects.toThrow(
      /^Evaluate: 1 of 4 faces of group A, 1 of 4 faces of group B show the same picture/,
    );
    const { duplicates, pairFaults } = await check({ faces, allowDuplicates: 0.25 });
    expect(duplicates).toEqual({ ofOtherIdentity: 2, ofSameIdentity: 0, groups: { A: 1, B: 1 } });
    expect(pairFaults).toEqual({});
    // A face that no pair names does no harm.
    const unnamed = FACES.map(one => (one.path === 'B/else/1' ? { ...one, key: digest(1) } : one));
    expect((await check({ faces: unnamed })).duplicates).toEqual({ ofOtherIdentity: 0, ofSameIdentity: 0 });
  });

  test('leaves those out whose photograph gave no face', async () => {
    const { pairFaults } = await check({ faces: FACES.slice(2) });
    expect(pairFaults).toEqual({});
  });
});

describe('checkTest(): photographs that pairs mean', () => {
  let pairsFolder: string;
  beforeAll(async () => {
    pairsFolder = await writePairs(PAIRS);
    const photographs = async function* () {
      for (const { path, photo } of await Promise.resolve(FACES)) yield { path, sha256: photo };
    };
    await writePairPhotographs(pairsFolder, await readPairs(pairsFolder), photographs());
  });

  test('takes the faces of the same photographs', async () => {
    expect((await check({ pairsFolder })).warnings).toEqual([]);
  });

  test('says which photographs were tested, where all are known', async () => {
    const lines = FACES.slice(0, 8).map(({ path, photo }) => `${path}\t${photo}\n`);
    const wanted = createHash('sha256').update(lines.join('')).digest('hex');
    expect((await check({ pairsFolder })).photographs).toBe(wanted);
    const unknown = FACES.map(({ path, group, identity, key }, i) => ({
      ...(i > 0 && FACES[i]),
      path,
      group,
      identity,
      key,
    }));
    expect((await check({ pairsFolder, faces: unknown })).photographs).toBeUndefined();
  });

  test('says which pixels were tested, those of faces in pairs only', async () => {
    const lines = FACES.slice(0, 8).map(({ path, key }) => `${path}\t${key}\n`);
    const wanted = createHash('sha256').update(lines.join('')).digest('hex');
    expect((await check({ pairsFolder })).facePixels).toBe(wanted);
  });

  test('refuses faces of other photographs with the same paths', async () => {
    const others = FACES.map((one, i) => (i < 3 ? { ...one, photo: digest(0xf0 + i) } : one));
    const failure = check({ pairsFolder, faces: others });
    await expect(failure).rejects.toMatchObject({ code: 'faces-of-other-photographs' });
    await expect(failure).rejects.toThrow('3 of 8 faces were cut out of other photographs');
    await expect(failure).rejects.toThrow('the first is "A/anna/1"');
  });

  test('passes faces whose photographs are not known, and lists that do not tell', async () => {
    const unknown = FACES.map(({ path, group, identity, key }) => ({ path, group, identity, key }));
    expect((await check({ pairsFolder, faces: unknown })).warnings).toEqual([]);
    const others = FACES.map((one, i) => ({ ...one, photo: digest(0xa0 + i) }));
    expect((await check({ faces: others })).warnings).toEqual([]);
  });
});
