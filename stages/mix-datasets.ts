import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MixOptions } from '../src/datasets/mixing/mix-plan';
import { ALLOW_DUPLICATES } from '../src/leakage/duplicate-options';
import type { Json, Stage } from '../src/stage';
import { stageTask } from '../src/stage-task';

interface MixDatasetsOptions extends MixOptions {
  readonly allowDuplicates?: number;
}

/** Chooses real and synthetic identities of each group to learn from, and writes the list down. */
export const mixDatasets: Stage<MixDatasetsOptions> = {
  name: 'mix-datasets',
  summary: 'Mixes real and synthetic identities of each group in a given share, seeded, and publishes the list',
  version: 1,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      realShare: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.7,
        description: 'Share of real ones in each group; the others are synthetic',
      },
      by: {
        type: 'string',
        enum: ['identities', 'images'],
        default: 'identities',
        description:
          'What the share and `total` count. By images, identities are taken whole, but for the last of each group and source',
      },
      total: {
        type: 'integer',
        minimum: 1,
        description:
          'Identities (or images) of each group; by default the largest number for which the share is exact and which every group can give',
      },
      seed: { type: 'integer', minimum: 0, default: 1, description: 'Decides which identities are taken' },
      allowDuplicates: ALLOW_DUPLICATES,
    },
  },
  inputs: {
    real: { type: 'face-set', summary: 'Real faces' },
    synthetic: { type: 'face-set', summary: 'Synthetic faces, of the same groups and size' },
  },
  outputs: { selection: { type: 'face-selection', summary: 'Which faces of which set to learn from' } },
  run: context =>
    stageTask(async emit => {
      const { missedShare, planMix, SOURCES } = await import('../src/datasets/mixing/mix-plan');
      const { countPlan, planFilter } = await import('../src/datasets/mixing/mix-counts');
      const { mixPeople } = await import('../src/datasets/mixing/mix-people');
      const { mixSheet } = await import('../src/datasets/mixing/mix-sheet');
      const { contentsOf, refuseMismatch } = await import('../src/datasets/mixing/mix-sources');
      const { smallGroups } = await import('../src/datasets/mixing/small-groups');
      const { createSelection } = await import('../src/data/selection');
      const { openFaceSet } = await import('../src/data/face-set');
      const { refuseDuplicates } = await import('../src/leakage/refuse-duplicates');
      const { barChart } = await import('../src/pictures/charts/bar-chart');

      const { folder, signal } = context;
      const { allowDuplicates: allowed = 0, ...options } = context.options;
      const inputs = { real: context.inputs['real']![0]!, synthetic: context.inputs['synthetic']![0]! };
      const sets = {
        real: await openFaceSet(inputs.real.folder),
        synthetic: await openFaceSet(inputs.synthetic.folder),
      };
      try {
        const contents = { real: await contentsOf(sets.real), synthetic: await contentsOf(sets.synthetic) };
        refuseMismatch(sets, contents);
        const available = { real: contents.real.identities, synthetic: contents.synthetic.identities };
        const plan = planMix(available, options);
        const missed = missedShare(options);
        const doubts = [...smallGroups(available, options), ...(missed === undefined ? [] : [missed])];
        for (const text of doubts) emit({ type: 'log', level: 'warn', text: `Mix: ${text}` });
        if (doubts.length > 0) emit({ type: 'headline', text: `Doubtful mix: ${doubts.join('\n  ')}` });
        const selection = await createSelection(context.output('selection'));
        const sheet = mixSheet(sets);
        const chosen = mixPeople();
        let [seen, images] = [0, 0];
        for (const [set, source] of SOURCES.entries()) {
          const isTaken = planFilter(plan, source);
          for await (const face of sets[source].rows()) {
            signal.throwIfAborted();
            if (++seen % 5000 === 0)
              emit({ type: 'progress', done: seen, total: sets.real.count + sets.synthetic.count, unit: 'faces' });
            if (!isTaken(face)) continue;
            images++;
            await selection.add(set, face);
            chosen.add(set, face);
            sheet.offer(source, face);
          }
        }
        const groups = countPlan(plan);
        const identities = Object.values(groups).reduce(
          (sum, g) => sum + g.real.identities + g.synthetic.identities,
          0,
        );
        const counts = { identities, images, groups } as unknown as Readonly<Record<string, Json>>;
        await selection.close({
          // Not the stages' names: they differ between pipelines that share this artifact.
          sets: SOURCES.map(source => ({ source, digest: inputs[source].digest })),
          options: { ...options },
          ...counts,
        });
        const named = SOURCES.map(source => ({ stage: inputs[source].stage, faces: sets[source] }));
        const policy = { allowed, doing: 'Mix', folder };
        const duplicates = await refuseDuplicates(named, chosen.people(), policy, emit);
        emit({ type: 'progress', done: seen, total: seen, unit: 'faces' });
        emit({ type: 'metrics', values: { ...counts, duplicates, ...(doubts.length > 0 && { doubts }) } });
        await writeFile(join(folder, 'contact-sheet.jpg'), await sheet.draw());
        emit({ type: 'look', file: 'contact-sheet.jpg', caption: 'Chosen faces, real left and synthetic right' });
        const chart = barChart({
          title: 'Identities of each group',
          x: { label: 'group' },
          y: { label: 'identities' },
          categories: Object.keys(groups),
          series: SOURCES.map(name => ({ name, values: Object.values(groups).map(group => group[name].identities) })),
        });
        await writeFile(join(folder, 'mix.svg'), chart);
        emit({ type: 'look', file: 'mix.svg', caption: 'Real and synthetic identities of each group' });
      } finally {
        await sets.real.close();
        await sets.synthetic.close();
      }
    }),
};
