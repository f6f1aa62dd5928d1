import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFaceSet } from '../../src/data/face-set';
import { missedShare } from '../../src/datasets/mixing/mix-plan';
import { smallGroups } from '../../src/datasets/mixing/small-groups';
import { seededRandom } from '../../src/kit/math/random';
import { readTable } from '../../src/data/tables/read-table';
import type { Row } from '../../src/data/tables/table';
import { mixDatasets } from '../../stages/mix-datasets';
import { temporaryFolder } from '../helpers/photo-folder';
import { runStage, type StageRun } from '../helpers/run-stage';
import { drawPictures } from '../helpers/draw-pictures';

const OPTIONS = { realShare: 0.7, by: 'identities', seed: 1, allowDuplicates: 0 } as const;

const faceSet = async (
  domain: string,
  { groups = 'AB', identities = 10, images = 3, size = 16, template = 'arcface', more = {} } = {},
) => {
  const folder = await temporaryFolder('mix');
  const writer = await createFaceSet(folder, { size, template });
  const random = seededRandom(1, domain);
  const counts = { ...Object.fromEntries(Array.from(groups, group => [group, identities])), ...more };
  for (const [group, count] of Object.entries<number>(counts)) {
    for (let id = 0; id < count; id++) {
      for (let i = 0; i < images; i++) {
        const identity = `m.${id}`;
        const pixels = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256));
        await writer.add({ path: `${group}/${identity}/${i}.jpg`, identity, group, domain, residual: 0 }, pixels);
      }
    }
  }
  await writer.close();
  return folder;
};
const rowsOf = async (run: StageRun): Promise<Row[]> => {
  const table = await readTable(join(run.folder, 'selection', 'selection.parquet'), {
    set: { type: 'int' },
    row: { type: 'int' },
    identity: { type: 'string' },
    group: { type: 'string' },
    domain: { type: 'string' },
  });
  const rows: Row[] = [];
  for await (const row of table) rows.push(row);
  await table.close();
  return rows;
};

describe('mix-datasets', () => {
  test('writes the chosen faces as a table and as a list, with an exact share in every group', async () => {
    const inputs = { real: await faceSet('real', { identities: 8 }), synthetic: await faceSet('synthetic') };
    const run = await runStage(mixDatasets, OPTIONS, inputs);
    const rows = await rowsOf(run);
    // 8 real identities a group allow a total of 10: 7 real and 3 synthetic, 3 images each.
    for (const group of ['A', 'B']) {
      const names = (set: number) =>
        new Set(rows.filter(r => r['group'] === group && r['set'] === set).map(r => r['identity']));
      expect([names(0).size, names(1).size]).toEqual([7, 3]);
      expect(rows.filter(row => row['group'] === group)).toHaveLength(30);
    }
    expect(
      rows.every(({ identity, group, domain }) => String(identity).startsWith(`${String(domain)}/${String(group)}/m.`)),
    ).toBe(true);
    // In the order of the sets and of their rows.
    const order = rows.map(({ set, row }) => Number(set) * 1000 + Number(row));
    expect(order).toEqual(order.toSorted((a, b) => a - b));

    const list = (await readFile(join(run.folder, 'selection', 'selection.txt'), 'utf8')).trim().split('\n');
    expect(list).toHaveLength(rows.length);
    expect(list.map(line => line.split('\t').slice(0, 3).join('/'))).toEqual(rows.map(row => row['identity']));
    expect(list[0]!.split('\t')[3]).toMatch(/^A\/m\.\d\/0\.jpg$/);

    const summary = JSON.parse(await readFile(join(run.folder, 'selection', 'selection.json'), 'utf8')) as unknown;
    const counts = {
      real: { identities: 7, images: 21 },
      synthetic: { identities: 3, images: 9 },
      realShare: { identities: 0.7, images: 0.7 },
    };
    expect(summary).toEqual({
      sets: [
        { source: 'real', digest: 'sha256:of-real' },
        { source: 'synthetic', digest: 'sha256:of-synthetic' },
      ],
      options: { realShare: 0.7, by: 'identities', seed: 1 },
      identities: 20,
      images: 60,
      groups: { A: counts, B: counts },
    });
    expect(run.metrics).toEqual({
      identities: 20,
      images: 60,
      groups: { A: counts, B: counts },
      duplicates: { ofOtherIdentity: 0, ofSameIdentity: 0 },
    });
    expect(run.looks).toEqual([]);
    const pictures = await drawPictures(mixDatasets, run.folder);
    expect([...pictures.keys()]).toEqual(['contact-sheet.jpg', 'mix.svg']);
    expect(pictures.get('mix.svg')).toContain('synthetic');
  });

  test('gives the same bytes for the same seed, others for another', async () => {
    const inputs = { real: await faceSet('real'), synthetic: await faceSet('synthetic') };
    const [first, second, other] = [
      await runStage(mixDatasets, { ...OPTIONS, total: 5 }, inputs),
      await runStage(mixDatasets, { ...OPTIONS, total: 5 }, inputs),
      await runStage(mixDatasets, { ...OPTIONS, total: 5, seed: 2 }, inputs),
    ];
    const list = (run: StageRun) => readFile(join(run.folder, 'selection', 'selection.txt'), 'utf8');
    const table = (run: StageRun) => readFile(join(run.folder, 'selection', 'selection.parquet'));
    expect(await list(first)).toBe(await list(second));
    expect((await table(first)).equals(await table(second))).toBe(true);
    expect(await list(first)).not.toBe(await list(other));
  });

  test('counts images when asked to', async () => {
    const inputs = { real: await faceSet('real', { images: 4 }), synthetic: await faceSet('synthetic', { images: 2 }) };
    const run = await runStage(mixDatasets, { ...OPTIONS, by: 'images', realShare: 0.5, total: 30 }, inputs);
    const rows = await rowsOf(run);
    expect(
      ['A', 'B'].map(group => [0, 1].map(set => rows.filter(r => r['group'] === group && r['set'] === set).length)),
    ).toEqual([
      [15, 15],
      [15, 15],
    ]);
  });

  test('takes real faces only, or synthetic ones only', async () => {
    const inputs = { real: await faceSet('real'), synthetic: await faceSet('synthetic') };
    for (const [realShare, domain] of [
      [1, 'real'],
      [0, 'synthetic'],
    ] as const) {
      const run = await runStage(mixDatasets, { ...OPTIONS, realShare }, inputs);
      const rows = await rowsOf(run);
      expect(rows).toHaveLength(60);
      expect(new Set(rows.map(row => row['domain']))).toEqual(new Set([domain]));
      expect([...(await drawPictures(mixDatasets, run.folder)).keys()]).toContain('contact-sheet.jpg');
    }
  });

  test.each([
    [
      'sizes',
      { size: 32 },
      'synthetic',
      'sizes of the faces differ: real 16, synthetic 32; give both align-faces stages the same options',
    ],
    ['templates', { template: 'other' }, 'synthetic', 'templates differ: real arcface, synthetic other'],
    ['groups', { groups: 'AC' }, 'synthetic', 'groups differ: real A, B, synthetic A, C'],
    ['domains that are one', {}, 'real', 'both sets carry the domain "real"'],
    ['domains that are one but for their case', {}, 'Real', 'both sets carry the domain "real"'],
    ['too few identities', { identities: 2 }, 'synthetic', 'no number of identities has a real share of exactly 0.7'],
  ])('refuses %s', async (_, changes, domain, message) => {
    const inputs = { real: await faceSet('real'), synthetic: await faceSet(domain, changes) };
    await expect(runStage(mixDatasets, OPTIONS, inputs)).rejects.toThrow(message);
  });

  test('refuses exchanged faces also where their domains are written in another case', async () => {
    const exchanged = { real: await faceSet('Synthetic'), synthetic: await faceSet('REAL ') };
    await expect(runStage(mixDatasets, OPTIONS, exchanged)).rejects.toThrow('are the two exchanged');
  });

  test('refuses real and synthetic faces that are exchanged, and takes domains of other names', async () => {
    const exchanged = { real: await faceSet('synthetic'), synthetic: await faceSet('real') };
    await expect(runStage(mixDatasets, OPTIONS, exchanged)).rejects.toMatchObject({
      code: 'mix-mismatch',
      message: expect.stringContaining(
        'the faces at `real` carry the domain "synthetic", those at `synthetic` "real": are the two exchanged',
      ) as unknown,
    });
    const named = { real: await faceSet('lab'), synthetic: await faceSet('generator') };
    expect((await runStage(mixDatasets, OPTIONS, named)).metrics).toMatchObject({
      identities: expect.any(Number) as unknown,
    });
  });

  test('reports a group that holds the mix back, unless a total is stated or nothing is taken there', async () => {
    const whole = { A: 9, B: 4, C: 8 };
    const available = (counts: Record<string, number>) =>
      new Map(
        Object.entries(counts).map(([group, count]) => [
          group,
          new Map(Array.from({ length: count }, (_, i) => [`m.${i}`, 3])),
        ]),
      );
    const stock = { real: available(whole), synthetic: available({ A: 4, B: 4, C: 2 }) };
    const [told, ...more] = smallGroups(stock, { by: 'identities', realShare: 0.5 });
    expect(told).toContain('group B has 4 of the real identities, another group 9');
    expect(more).toEqual([]);
    expect(smallGroups(stock, { by: 'images', realShare: 1 })[0]).toContain(
      'group B has 12 of the real images, another group 27',
    );
    expect(smallGroups(stock, { by: 'identities', realShare: 0 })).toEqual([]);
    expect(smallGroups(stock, { by: 'identities', realShare: 0.5, total: 4 })).toEqual([]);

    const real = await faceSet('real', { groups: 'A', identities: 9, more: { B: 3 } });
    const half = { ...OPTIONS, realShare: 0.5 };
    const run = await runStage(mixDatasets, half, { real, synthetic: await faceSet('synthetic') });
    const warned = run.events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
    expect(warned).toEqual([expect.stringContaining('group B has 3 of the real identities, another group 9')]);
    const headline = run.events.find(event => event.type === 'headline');
    expect(headline).toMatchObject({ text: expect.stringContaining('group B has 3') as unknown });
  });

  test.each([
    [0.7, 1, '1, 1 of 1 identities, where 0.7 is wanted'],
    [0.5, 3, '0.667, 2 of 3 identities, where 0.5 is wanted'],
    [0.7, 10, undefined],
    [0.7, undefined, undefined],
  ])('says of a real share of %d with a total of %s what became of it', (realShare, total, told) => {
    const missed = missedShare({ realShare, by: 'identities', ...(total !== undefined && { total }) });
    expect(missed).toEqual(told === undefined ? undefined : expect.stringContaining(told));
  });

  test('reports a missed share in log, metrics and headline', async () => {
    const inputs = { real: await faceSet('real'), synthetic: await faceSet('synthetic') };
    const run = await runStage(mixDatasets, { ...OPTIONS, realShare: 0.5, total: 3 }, inputs);
    const text = expect.stringContaining('0.667, 2 of 3 identities') as unknown;
    expect(run.events).toContainEqual({ type: 'log', level: 'warn', text });
    expect(run.events).toContainEqual({ type: 'headline', text });
    expect(run.metrics).toMatchObject({ doubts: [text] });
  });
});
