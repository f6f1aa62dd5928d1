import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Photograph } from '../src/datasets/photographs';
import type { Stage } from '../src/stage';
import { stageTask } from '../src/streams/stage-task';

interface ReadFacesOptions {
  readonly folder?: string;
  readonly split: string;
  readonly domain: string;
  readonly landmarks?: string;
}

/** Photographs on the contact sheet, all groups together. */
const SHOWN = 24;

/** Lists the photographs of a data set with their landmarks and pairs. The photographs stay where they lie. */
export const readFaces: Stage<ReadFacesOptions> = {
  name: 'read-faces',
  summary:
    'Reads a folder of identities with landmark, pair and group files, as RFW and BUPT-Balancedface are laid out',
  version: 1,
  locationMatters: true,
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
    },
  },
  inputs: {
    folder: { type: 'photo-folder', summary: 'A drawn data set; or give the option `folder`', optional: true },
  },
  outputs: {
    photos: { type: 'photo-set', summary: 'Every photograph with its identity, group, digest and landmarks' },
    pairs: { type: 'pair-list', summary: 'Verification pairs of the groups that have a pair file' },
  },
  run: context =>
    stageTask(async emit => {
      const { options, inputs, folder, cores, signal } = context;
      const { openDataset } = await import('../src/datasets/index');
      const { withLandmarks } = await import('../src/datasets/identity-folder');
      const { locate } = await import('../src/datasets/locate');
      const { createPhotoSet } = await import('../src/datasets/photo-set');
      const { isDrawn } = await import('../src/faces/drawn');
      const { landmarkFiles, photoTally, recordPairs, recordPhotographs } =
        await import('../src/datasets/read-dataset');
      const { photoSheet } = await import('../src/datasets/photo-sheet');

      const { root, pointer } = await locate(inputs['folder']?.[0]?.folder, options.folder, context.output('photos'));
      const found = await openDataset(root, options.split);
      const dataset = options.landmarks === undefined ? found : withLandmarks(found, options.landmarks);
      const remark = (text: string): void => emit({ type: 'log', level: 'warn', text });
      dataset.remarks.forEach(remark);

      const set = await createPhotoSet(context.output('photos'), pointer);
      const tally = photoTally();
      const shown: Photograph[] = [];
      let done = 0;
      await recordPhotographs(dataset, set, { domain: options.domain, cores, remark }).forEach(photo => {
        signal.throwIfAborted();
        tally.add(photo);
        if (belongsOnSheet(photo, shown, dataset.groups.length)) shown.push(photo);
        if (++done % 100 === 0) emit({ type: 'progress', done, unit: 'photographs' });
      });
      const groups = tally.groups();
      const drawn = (await isDrawn(root)) && ({ drawn: true } as const);
      await set.close({ count: done, groups, domain: options.domain, landmarkFiles: landmarkFiles(dataset), ...drawn });
      const pairs = await recordPairs(dataset, context.output('pairs'));
      emit({ type: 'progress', done, total: done, unit: 'photographs' });
      emit({ type: 'metrics', values: { layout: dataset.format, photographs: done, groups, pairs } });
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
