import { join } from 'node:path';
import { createPairList, writeNamedGroups } from '../../src/data/pair-list';
import { createPhotoSet, type PhotoSetInfo, type PhotoSetWriter } from '../../src/data/photo-set';
import { writeTiles } from '../../src/data/tiles';
import { worstDoubts } from '../../src/datasets/layouts/compare-labels';
import type { Dataset, Photograph } from '../../src/datasets/layouts/layout';
import { openDataset } from '../../src/datasets/layouts/open-dataset';
import { locatePhotographs } from '../../src/datasets/layouts/locate';
import { namedGroups, refuseOtherGroups, tellNamed } from '../../src/datasets/layouts/named-groups';
import { refuseMissing } from '../../src/datasets/reading/not-on-disk';
import { photoTiles } from '../../src/datasets/reading/photo-tiles';
import { landmarkFiles, photoTally, recordPairs, recordPhotographs } from '../../src/datasets/reading/read-dataset';
import { recordPairPhotographs } from '../../src/datasets/reading/record-pair-photographs';
import { isDrawn } from '../../src/faces/drawn';
import type { ContextOf, Run } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import type { readFaces } from './index';
import { openRemarks, type Remarks } from './remarks';

type Context = ContextOf<typeof readFaces>;

export const run: Run<typeof readFaces> = context => stageTask(emit => read(context, emit));

async function read(context: Context, emit: Emit): Promise<void> {
  const { options, inputs } = context;
  const [photosFolder, pairsFolder] = [context.output('photos'), context.output('pairs')];
  const { root, pointer } = await locatePhotographs(inputs.folder?.folder, options.folder, photosFolder);
  const dataset = await openWanted(root, options);
  const remarks = openRemarks(options, emit);
  emit({ type: 'log', level: 'info', text: `Layout ${options.format}: ${dataset.found}` });
  dataset.remarks.forEach(remarks.remark);

  const set = await createPhotoSet(photosFolder, pointer);
  const { count, groups, shown } = await readAll(context, dataset, set, remarks, emit);
  const list = await createPairList(pairsFolder);
  const pairs = await recordPairs(dataset, list, remarks);
  await list.close();
  const { missing, strangers, labels } = remarks;
  refuseMissing(missing, groups, options.allowMissing);
  const doubts = labels.map(([group, { short }]) => [group, short] as const);
  const named = namedGroups(dataset, pairs, strangers, missing, doubts);
  await writeNamedGroups(pairsFolder, named);
  const about = tellNamed({ dataset, named, strangers, groups, missing, split: options.split, doubts });
  await set.close({
    ...about.info,
    ...((await isDrawn(root)) && { drawn: true }),
    count,
    groups,
    domain: options.domain,
    landmarkFiles: landmarkFiles(dataset),
  });
  if (pairs.size > 0) await recordPairPhotographs(photosFolder, pairsFolder);

  emit({ type: 'progress', done: count, total: count, unit: 'photographs' });
  emit({
    type: 'metrics',
    values: {
      ...about.info,
      layout: options.format,
      layoutFound: dataset.found,
      photographs: count,
      groups,
      pairs: Object.fromEntries(pairs),
      ...(labels.length > 0 && { doubtfulLabels: worstDoubts(labels) }),
    },
  });
  about.remarks.forEach(remarks.remark);
  if (about.headline !== undefined) emit({ type: 'headline', text: about.headline });
  remarkWithoutLandmarks(groups, remarks);
  await writeTiles(join(context.folder, 'photographs.tiles'), await photoTiles(shown));
}

async function openWanted(root: string, { format, split, landmarks, groups }: Context['options']): Promise<Dataset> {
  return refuseOtherGroups(await openDataset(root, format, { split, landmarks }), groups);
}

/** Writes down every photograph, and keeps a few to be shown. */
async function readAll(
  { options, cores, signal }: Context,
  dataset: Dataset,
  set: PhotoSetWriter,
  remarks: Remarks,
  emit: Emit,
) {
  const tally = photoTally();
  const shown: Photograph[] = [];
  let count = 0;
  await recordPhotographs(dataset, set, { domain: options.domain, cores, remarks }).forEach(photo => {
    signal.throwIfAborted();
    tally.add(photo);
    if (isShown(photo, shown, dataset.groups.length)) shown.push(photo);
    if (++count % 100 === 0) emit({ type: 'progress', done: count, unit: 'photographs' });
  });
  return { count, groups: tally.groups(), shown };
}

/** Photographs that are shown, all groups together. */
const SHOWN = 24;

/** The first photograph of each of the first identities of each group. */
function isShown(photo: Photograph, shown: readonly Photograph[], groups: number): boolean {
  const ofGroup = shown.filter(other => other.group === photo.group);
  return ofGroup.length < Math.ceil(SHOWN / groups) && ofGroup.at(-1)?.identity !== photo.identity;
}

function remarkWithoutLandmarks(groups: PhotoSetInfo['groups'], { remark }: Remarks): void {
  for (const [name, { withoutLandmarks, images }] of Object.entries(groups)) {
    if (withoutLandmarks > 0) remark(`Group ${name}: ${withoutLandmarks} of ${images} photographs have no landmarks`);
  }
}
