import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSelection } from '../../../src/data/selection';
import { openFaceSet, type FaceRow } from '../../../src/data/face-set';
import type { StageInput } from '../../../src/stage';
import { describeSamples } from '../../../src/learning/training/describe-samples';
import { readSamples, type SourceSet } from '../../../src/learning/training/samples';
import { testFaces, writeFaceSet } from '../../helpers/face-set';

const SIZE = 4;
/** Two groups of two identities with two images each, last group first: A0 A0 A1 A1 come after B0 B0 B1 B1. */
const FACES = testFaces('BA', 2, 2, SIZE, 5);

let sources: SourceSet[];

async function sourceOf(stage: string, faces = FACES): Promise<SourceSet> {
  const folder = await writeFaceSet(faces, SIZE);
  return { input: { stage, folder, digest: `sha256:${stage}` }, faces: await openFaceSet(folder) };
}

async function rowsOf({ faces }: SourceSet): Promise<FaceRow[]> {
  const rows: FaceRow[] = [];
  for await (const row of faces.rows()) rows.push(row);
  return rows;
}

/** A selection of sets with these digests, listing [set, row]. */
async function selectionOf(
  digests: readonly string[],
  listed: readonly (readonly [number, number])[],
): Promise<StageInput> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-selection-'));
  const selection = await createSelection(folder);
  const rows = await rowsOf(sources[0]!);
  for (const [set, row] of listed)
    await selection.add(set, { ...rows[row % rows.length]!, row, domain: `domain${set}` });
  await selection.close({ sets: digests.map((digest, i) => ({ source: `source${i}`, digest })) });
  return { stage: 'mix', folder, digest: 'sha256:mix' };
}

beforeAll(async () => {
  sources = [await sourceOf('first'), await sourceOf('second')];
});
afterAll(async () => {
  for (const { faces } of sources) await faces.close();
});

describe('readSamples()', () => {
  test('takes every face of every set; people of equal names in two sets are different people', async () => {
    const samples = await readSamples(sources);
    const names = ['real/A/A0', 'real/A/A1', 'real/B/B0', 'real/B/B1'];
    expect(samples.classes).toEqual(names.flatMap(name => [name, name]));
    expect(samples.groups).toEqual(['A', 'A', 'A', 'A', 'B', 'B', 'B', 'B']);
    // Faces come as B0 B0 B1 B1 A0 A0 A1 A1; of two classes of one name the first set has the first.
    expect([...samples.labels]).toEqual([4, 4, 6, 6, 0, 0, 2, 2, 5, 5, 7, 7, 1, 1, 3, 3]);
    expect(samples.namesakes).toEqual({ count: 4, first: 'real/A/A0' });
  });

  test('numbers classes by name whatever the order of the sets, where nobody shares a name', async () => {
    const other = await sourceOf('other', testFaces('C', 2, 1, SIZE, 5));
    const samples = await readSamples([other, sources[0]!]);
    expect(samples.classes).toEqual(['real/A/A0', 'real/A/A1', 'real/B/B0', 'real/B/B1', 'real/C/C0', 'real/C/C1']);
    expect([...samples.labels]).toEqual([4, 5, 2, 2, 3, 3, 0, 0, 1, 1]);
    expect(samples.namesakes).toEqual({ count: 0 });
    await other.faces.close();
  });

  test('takes people of equal names for one where they are said to be shared', async () => {
    const samples = await readSamples(sources, undefined, 'shared');
    expect(samples.classes).toEqual(['real/A/A0', 'real/A/A1', 'real/B/B0', 'real/B/B1']);
    expect(samples.namesakes).toEqual({ count: 0 });
    expect([...samples.labels]).toEqual([2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1]);
    expect([...samples.sets]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect([...samples.rows]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('takes what a selection lists, its sets found by digest and not by their order', async () => {
    const selection = await selectionOf(
      ['sha256:second', 'sha256:first'],
      [
        [0, 0],
        [0, 4],
        [1, 7],
      ],
    );
    const samples = await readSamples(sources, selection);
    expect(samples.classes).toEqual(['domain0/A/A0', 'domain0/B/B0', 'domain1/A/A1']);
    expect([...samples.sets]).toEqual([1, 1, 0]);
    expect([...samples.rows]).toEqual([0, 4, 7]);
    expect([...samples.labels]).toEqual([1, 0, 2]);
  });

  test('refuses a selection of other faces, and names the stages', async () => {
    const selection = await selectionOf(['sha256:first', 'sha256:elsewhere'], [[0, 0]]);
    const failure = readSamples(sources, selection);
    await expect(failure).rejects.toMatchObject({ code: 'selection-mismatch' });
    await expect(failure).rejects.toThrow(/"mix".*source1.*"first", "second"/);
  });

  test.each([
    [0, 8],
    [1, 0],
  ])('refuses a selection that lists set %i, row %i, which is not there', async (set, row) => {
    const selection = await selectionOf(['sha256:first'], [[set, row]]);
    await expect(readSamples(sources, selection)).rejects.toMatchObject({ code: 'selection-mismatch' });
  });

  test('keeps people of a selection apart by set, unless they are shared', async () => {
    const rows = await rowsOf(sources[0]!);
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-selection-'));
    const writer = await createSelection(folder);
    for (const set of [0, 1]) for (const row of [0, 4]) await writer.add(set, rows[row]!);
    await writer.close({ sets: [{ digest: 'sha256:first' }, { digest: 'sha256:second' }] });
    const selection = { stage: 'mix', folder, digest: 'sha256:mix' };
    expect([...(await readSamples(sources, selection)).labels]).toEqual([2, 0, 3, 1]);
    expect([...(await readSamples(sources, selection, 'shared')).labels]).toEqual([1, 0, 1, 0]);
  });

  test('refuses a face set that is connected twice, under one stage or two', async () => {
    const [first, second] = sources as [SourceSet, SourceSet];
    const failure = readSamples([first, second, first]);
    await expect(failure).rejects.toMatchObject({ code: 'same-faces-twice' });
    await expect(failure).rejects.toThrow('the faces of "first" are connected twice');
    const copy = { ...second, input: { ...second.input, stage: 'copy' } };
    await expect(readSamples([second, copy])).rejects.toThrow('the faces of "second" and "copy" are connected twice');
  });

  test('refuses a selection that lists a face twice', async () => {
    const listed = [
      [0, 1],
      [0, 5],
      [0, 1],
    ] as const;
    const selection = await selectionOf(['sha256:first'], listed);
    await expect(readSamples(sources, selection)).rejects.toThrow('it lists row 1 of set 0 twice');
  });

  test('refuses a selection without its summary', async () => {
    const selection = await selectionOf(['sha256:first'], [[0, 0]]);
    await writeFile(join(selection.folder, 'selection.json'), '{"sets": [');
    await expect(readSamples(sources, selection)).rejects.toThrow(/selection\.json/);
  });

  test('refuses a single identity, because there is nothing to tell apart', async () => {
    const single = await sourceOf('single', testFaces('A', 1, 4, SIZE, 5));
    await expect(readSamples([single])).rejects.toMatchObject({ code: 'too-few-classes' });
    await single.faces.close();
  });
});

describe('describeSamples()', () => {
  test('names the photographs by stage', async () => {
    const samples = await readSamples(sources);
    const text = await describeSamples(sources, samples, Uint32Array.of(9, 0));
    expect(text).toBe('first: test/data/B/B0/B0_0001.jpg; second: test/data/B/B0/B0_0002.jpg');
  });
});
