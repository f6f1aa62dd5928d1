import { LAYOUTS } from '../../src/datasets/layouts';
import { memberOrAuto } from '../../src/family';
import { inputPath, list, number, object, optional, text, type TypeOf } from '../../src/kit/options';

export type ReadFacesOptions = TypeOf<typeof READ_OPTIONS>;

export const READ_OPTIONS = object('Which data set is read, and how', {
  folder: optional(inputPath('Root folder of the data set, in place of the input `folder`')),
  format: memberOrAuto(LAYOUTS, 'Layout of the data set on disk; `auto` takes the first that recognises the folder'),
  split: text('Which part to read: the sub-folder with `data` and `txts` in it', {
    pattern: '^[A-Za-z0-9_-]+$',
    default: 'train',
  }),
  domain: text('Label of these faces in mixes and reports, such as `real` or `synthetic`', {
    pattern: '^[A-Za-z0-9._-]+$',
    default: 'real',
  }),
  landmarks: optional(
    inputPath(
      'Landmark file for all groups, or a folder with `<Group>_lmk.txt` files, in place of those of the data set',
    ),
  ),
  groups: optional(
    list(
      'Groups that must exist: a missing folder or another one is an error. By default every group that a file or folder names is in the result, with a reason where it has no photographs',
      text('Name of a group', { minLength: 1 }),
      { minItems: 1, uniqueItems: true },
    ),
  ),
  // Mirrors lack a photograph here and there; where more are gone, the rest may not be like the whole.
  allowMissing: number(
    'Share of the photographs of each group that may be missing on disk although landmark rows or pairs name them. They are counted by group',
    { minimum: 0, maximum: 1, default: 0.1 },
  ),
});
