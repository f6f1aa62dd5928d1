import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelDoubt } from '../src/datasets/layouts/compare-labels';
import type { Photograph } from '../src/datasets/reading/photographs';
import type { Stage } from '../src/stage';
import { stageTask } from '../src/stage-task';

interface ReadFacesOptions {
  readonly folder?: string;
  readonly split: string;
  readonly domain: string;
  readonly landmarks?: string;
  readonly groups?: readonly string[];
  readonly allowMissing?: number;
}

/** Photographs on the contact sheet, all groups together. */
const SHOWN = 24;

/** Mirrors lack a photograph here and there; where more are gone, the rest may not be like the whole. */
const ALLOW_MISSING = 0.1;

/** Lists the photographs of a data set with their landmarks and pairs. The photographs stay where they lie. */
export const readFaces: Stage<ReadFacesOptions> = {
  name: 'read-faces',
  summary:
    'Reads a folder of identities with landmark, pair and group files, as RFW and BUPT-Balancedface are laid out',
  version: 1,
  locationMatters: true,
  reads: {
    folder: async (folder, options) => {
      const { datasetPart } = await import('../src/datasets/layouts/parts');
      return datasetPart(folder, options['split'] as string);
    },
    landmarks: async path => {
      const { landmarksPart } = await import('../src/datasets/layouts/parts');
      return landmarksPart(path);
    },
  },
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      folder: {
        type: 'string',
        format: 'input-path',
        description: 'Root folder of the data set, in place of the input `folder`',
      },
      split: {
        type: 'string',
        pattern: '^[A-Za-z0-9_-]+$',
        default: 'train',
        description: 'Which part to read: the sub-folder with `data` and `txts` in it',
      },
      domain: {
        type: 'string',
        pattern: '^[A-Za-z0-9._-]+$',
        default: 'real',
        description: 'Label of these faces in mixes and reports, such as `real` or `synthetic`',
      },
      landmarks: {
        type: 'string',
        format: 'input-path',
        description:
          'Landmark file for all groups, or a folder with `<Group>_lmk.txt` files, in place of those of the data set',
      },
      groups: {
        type: 'array',
        items: { type: 'string', minLength: 1 },
        minItems: 1,
        uniqueItems: true,
        description:
          'Groups that there should be: a missing or another folder is an error. Unless given, every group that is named is in the result, with a reason where it has no photographs',
      },
      allowMissing: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: ALLOW_MISSING,
        description:
          'Share of the photographs of each group that landmark rows or pairs may name although they are not on disk. They are counted by group',
      },
    },
  },
  inputs: {
    folder: {
      type: 'photo-folder',
      summary: 'A drawn data set; or give the option `folder`',
      optional: true,
      isListed: true,
    },
  },
  outputs: {
    photos: { type: 'photo-set', summary: 'Every photograph with its identity, group, digest and landmarks' },
    pairs: { type: 'pair-list', summary: 'Verification pairs of the groups that have a pair file' },
  },
  run: context =>
    stageTask(async emit => {
      const { options, inputs, folder, cores, signal } = context;
      const { worstDoubts } = await import('../src/datasets/layouts/compare-labels');
      const { openDataset } = await import('../src/datasets/layouts/index');
      const { withLandmarks } = await import('../src/datasets/layouts/identity-folder');
      const { locatePhotographs } = await import('../src/datasets/layouts/locate');
      const { namedGroups, refuseOtherGroups, tellNamed } = await import('../src/datasets/layouts/named-groups');
      const { notOnDisk, refuseMissing } = await import('../src/datasets/reading/not-on-disk');
      const { createPhotoSet } = await import('../src/data/photo-set');
      const { isDrawn } = await import('../src/faces/drawn');
      const { landmarkFiles, photoTally, recordPairs, recordPhotographs } =
        await import('../src/datasets/reading/read-dataset');
      const { recordPairPhotographs } = await import('../src/datasets/reading/record-pair-photographs');
      const { photoSheet } = await import('../src/datasets/reading/photo-sheet');
      const { createPairList, writeNamedGroups } = await import('../src/data/pair-list');

      const { root, pointer } = await locatePhotographs(
        inputs['folder']?.[0]?.folder,
        options.folder,
        context.output('photos'),
      );
      const found = await openDataset(root, options.split);
      const all = options.landmarks === undefined ? found : await withLandmarks(found, options.landmarks);
      const dataset = refuseOtherGroups(all, options.groups);
      const remark = (text: string): void => emit({ type: 'log', level: 'warn', text });
      dataset.remarks.forEach(remark);
      const missing = notOnDisk();
      const strangers = new Map<string, string>();
      const stranger = (group: string, reason: string): void => {
        // Whoever says which groups there are has said that others are none.
        if (options.groups === undefined) strangers.set(group, reason);
      };
      const labels: [group: string, doubt: LabelDoubt][] = [];
      const label = (group: string, doubt: LabelDoubt): void => {
        labels.push([group, doubt]);
        remark(`Group ${group}: ${doubt.text}`);
      };
      const remarks = { remark, missing, stranger, label };

      const set = await createPhotoSet(context.output('photos'), pointer);
      const tally = photoTally();
      const shown: Photograph[] = [];
      let done = 0;
      await recordPhotographs(dataset, set, { domain: options.domain, cores, remarks }).forEach(photo => {
        signal.throwIfAborted();
        tally.add(photo);
        if (belongsOnSheet(photo, shown, dataset.groups.length)) shown.push(photo);
        if (++done % 100 === 0) emit({ type: 'progress', done, unit: 'photographs' });
      });
      const groups = tally.groups();
      const list = await createPairList(context.output('pairs'));
      const pairs = await recordPairs(dataset, list, remarks);
      await list.close();
      refuseMissing(missing, groups, options.allowMissing ?? ALLOW_MISSING);
      const doubts = labels.map(([group, { short }]) => [group, short] as const);
      const named = namedGroups(dataset, pairs, strangers, missing, doubts);
      await writeNamedGroups(context.output('pairs'), named);
      const about = tellNamed({ dataset, named, strangers, groups, missing, split: options.split, doubts });
      await set.close({
        ...about.info,
        ...((await isDrawn(root)) && { drawn: true }),
        count: done,
        groups,
        domain: options.domain,
        landmarkFiles: landmarkFiles(dataset),
      });
      if (pairs.size > 0) await recordPairPhotographs(context.output('photos'), context.output('pairs'));
      emit({ type: 'progress', done, total: done, unit: 'photographs' });
      emit({
        type: 'metrics',
        values: {
          ...about.info,
          layout: dataset.format,
          photographs: done,
          groups,
          pairs: Object.fromEntries(pairs),
          ...(labels.length > 0 && {
            doubtfulLabels: worstDoubts(labels),
          }),
        },
      });
      about.remarks.forEach(remark);
      if (about.headline !== undefined) emit({ type: 'headline', text: about.headline });
      for (const [name, { withoutLandmarks, images }] of Object.entries(groups)) {
        if (withoutLandmarks > 0)
          remark(`Group ${name}: ${withoutLandmarks} of ${images} photographs have no landmarks`);
      }
      await writeFile(join(folder, 'contact-sheet.jpg'), await photoSheet(shown));
      emit({
        type: 'look',
        file: 'contact-sheet.jpg',
        caption: 'Some photographs of each group, with their landmarks',
      });
    }),
};

/** The first photograph of each of the first identities of each group. */
function belongsOnSheet(photo: Photograph, shown: readonly Photograph[], groups: number): boolean {
  const ofGroup = shown.filter(other => other.group === photo.group);
  return ofGroup.length < Math.ceil(SHOWN / groups) && ofGroup.at(-1)?.identity !== photo.identity;
}
