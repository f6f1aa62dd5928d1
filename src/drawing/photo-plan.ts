import type { DrawingOptions } from './drawing-options';
import type { GroupName } from './groups';
import type { Sitter } from './photograph';

export type Split = 'train' | 'test';

/** One group of one split. */
export interface Album {
  readonly split: Split;
  readonly group: GroupName;
  readonly identities: number;
  readonly imagesEach: number;
}

/** The albums that the options ask for, train first. */
export function albumsOf(options: DrawingOptions): Album[] {
  const split = (name: Split, identities: number, imagesEach: number): Album[] =>
    identities === 0 ? [] : options.groups.map(group => ({ split: name, group, identities, imagesEach }));
  return [
    ...split('train', options.trainIdentities, options.trainImages),
    ...split('test', options.testIdentities, options.testImages),
  ];
}

/**
 * The person number `index` (from 0) of an album. The split is part of the name, and the name of the random stream: train and
 * test share nobody, and asking for more of one does not change the other.
 */
export function sitterOf({ seed, domain }: DrawingOptions, { split, group }: Album, index: number): Sitter {
  const number = String(index + 1).padStart(4, '0');
  return { seed, domain, group, name: `${domain}-${group.toLowerCase()}-${split}-${number}` };
}

/** As RFW names files: numbered from 1. */
export function photoName(identity: string, number: number): string {
  return `${identity}_${String(number).padStart(4, '0')}.jpg`;
}
