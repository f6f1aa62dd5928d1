import type { OptionsSchema } from '../../src/stage';

export interface ReadFacesOptions {
  readonly folder?: string;
  readonly split: string;
  readonly domain: string;
  readonly landmarks?: string;
  readonly groups?: readonly string[];
  readonly allowMissing?: number;
}

/** Mirrors lack a photograph here and there; where more are gone, the rest may not be like the whole. */
export const ALLOW_MISSING = 0.1;

export const READ_OPTIONS: OptionsSchema = {
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
};
