import { LAYOUTS } from '../../src/datasets/layouts';
import { recognisedLayout, type LayoutName } from '../../src/datasets/layouts/open-dataset';
import { landmarksPart } from '../../src/datasets/layouts/parts';
import { UserError } from '../../src/errors';
import { DRAWN_MARK } from '../../src/faces/drawn';
import { AUTO } from '../../src/family';
import type { FolderPart, Stage } from '../../src/stage';
import { optional } from '../../src/stage-inputs';
import { READ_OPTIONS, type ReadFacesOptions } from './options';

const inputs = {
  folder: optional('photo-folder', 'A drawn data set; or give the option `folder`', { isListed: true }),
};

/** Lists the photographs of a data set with their landmarks and pairs. The photographs stay where they are. */
export const readFaces: Stage<ReadFacesOptions, typeof inputs> = {
  name: 'read-faces',
  summary:
    'Reads a folder of identities with landmark, pair and group files, in the layout of RFW or BUPT-Balancedface',
  version: 1,
  locationMatters: true,
  reads: {
    folder: (folder, options) => folderPart(folder, options as ReadFacesOptions),
    landmarks: path => Promise.resolve(landmarksPart(path)),
  },
  chooses: {
    format: (options, inputs) => layoutOf(inputs['folder']?.[0]?.folder, options as ReadFacesOptions),
  },
  options: READ_OPTIONS,
  inputs,
  outputs: {
    photos: { type: 'photo-set', summary: 'Every photograph with its identity, group, digest and landmarks' },
    pairs: { type: 'pair-list', summary: 'Verification pairs of the groups that have a pair file' },
  },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};

async function folderPart(folder: string, { format, split }: ReadFacesOptions): Promise<FolderPart | undefined> {
  const part = await ifUsable(() => (format === AUTO ? undefined : LAYOUTS.members[format].part(folder, split)));
  return part && withMark(part);
}

/** The body looks for the mark of drawings itself, so that no layout need know of it. */
function withMark(part: FolderPart): FolderPart {
  return {
    name: part.name,
    takes(path, isFolder) {
      const taken = part.takes(path, isFolder);
      return taken === 'none' && path === DRAWN_MARK && !isFolder ? 'name' : taken;
    },
  };
}

function layoutOf(artifact: string | undefined, { folder, split }: ReadFacesOptions): Promise<LayoutName | undefined> {
  const root = artifact ?? folder;
  return ifUsable(() => (root === undefined ? undefined : recognisedLayout(root, split)));
}

/** What makes a folder unusable is for the body to say. */
async function ifUsable<T>(look: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
