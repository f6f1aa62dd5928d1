import { join } from 'node:path';
import { openFaceSet, type FaceSet } from '../../src/data/face-set';
import { createSelection } from '../../src/data/selection';
import { writeTiles } from '../../src/data/tiles';
import { countPlan, planFilter } from '../../src/datasets/mixing/mix-counts';
import type { MixOptions } from '../../src/datasets/mixing/mix-options';
import { mixPeople } from '../../src/datasets/mixing/mix-people';
import { missedShare, planMix, SOURCES, type MixPlan } from '../../src/datasets/mixing/mix-plan';
import { mixTiles } from '../../src/datasets/mixing/mix-tiles';
import { contentsOf, refuseMismatch } from '../../src/datasets/mixing/mix-sources';
import { smallGroups } from '../../src/datasets/mixing/small-groups';
import { refuseDuplicates } from '../../src/leakage/refuse-duplicates';
import type { ContextOf, Json, Run } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import type { mixDatasets } from './index';

type Context = ContextOf<typeof mixDatasets>;
type Sets = Readonly<Record<(typeof SOURCES)[number], FaceSet>>;

export const run: Run<typeof mixDatasets> = context => stageTask(emit => mix(context, emit));

async function mix(context: Context, emit: Emit): Promise<void> {
  const { real, synthetic } = context.inputs;
  const sets = { real: await openFaceSet(real.folder), synthetic: await openFaceSet(synthetic.folder) };
  try {
    await mixSets(context, sets, emit);
  } finally {
    await sets.real.close();
    await sets.synthetic.close();
  }
}

async function mixSets(context: Context, sets: Sets, emit: Emit): Promise<void> {
  const { inputs, folder } = context;
  const { allowDuplicates: allowed, ...options } = context.options;
  const { plan, doubts } = await planOf(sets, options);
  for (const text of doubts) emit({ type: 'log', level: 'warn', text: `Mix: ${text}` });
  if (doubts.length > 0) emit({ type: 'headline', text: `Doubtful mix: ${doubts.join('\n  ')}` });
  const { chosen, shown, counts, seen } = await select(context, sets, plan, options, emit);
  const named = SOURCES.map(source => ({ stage: inputs[source].stage, faces: sets[source] }));
  const duplicates = await refuseDuplicates(named, chosen.people(), { allowed, doing: 'Mix', folder }, emit);
  emit({ type: 'progress', done: seen, total: seen, unit: 'faces' });
  emit({ type: 'metrics', values: { ...counts, duplicates, ...(doubts.length > 0 && { doubts }) } });
  await writeTiles(join(folder, 'chosen-faces.tiles'), await shown.tiles());
}

async function planOf(sets: Sets, options: MixOptions): Promise<{ plan: MixPlan; doubts: string[] }> {
  const contents = { real: await contentsOf(sets.real), synthetic: await contentsOf(sets.synthetic) };
  refuseMismatch(sets, contents);
  const available = { real: contents.real.identities, synthetic: contents.synthetic.identities };
  const plan = planMix(available, options);
  const missed = missedShare(options);
  return { plan, doubts: [...smallGroups(available, options), ...(missed === undefined ? [] : [missed])] };
}

/** Writes down the faces that the plan takes. */
async function select(context: Context, sets: Sets, plan: MixPlan, options: MixOptions, emit: Emit) {
  const { inputs, signal } = context;
  const selection = await createSelection(context.output('selection'));
  const shown = mixTiles(sets);
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
      shown.offer(source, face);
    }
  }
  const groups = countPlan(plan);
  const identities = Object.values(groups).reduce((sum, g) => sum + g.real.identities + g.synthetic.identities, 0);
  const counts = { identities, images, groups } as unknown as Readonly<Record<string, Json>>;
  await selection.close({
    // Not the stages' names: they differ between pipelines that share this artifact.
    sets: SOURCES.map(source => ({ source, digest: inputs[source].digest })),
    options: { ...options },
    ...counts,
  });
  return { chosen, shown, counts, seen };
}
