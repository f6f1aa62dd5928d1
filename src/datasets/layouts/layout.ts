import type { FolderPart } from '../../stage';
import type { NotOnDisk } from '../reading/not-on-disk';
import type { LabelDoubt } from './compare-labels';

/**
 * A layout of a data set on disk: who is who. Roots are absolute paths. What it imports must load nothing heavy, because `recognise` and
 * `part` are asked whenever a pipeline is planned; they read no more than they need.
 */
export interface Layout {
  /** One line for people, of 10 to 90 characters. */
  readonly summary: string;
  /** What has to be there, in words: `<Group>/<identity>/<image> in test/data or data`. */
  needs(split: string): string;
  /** Whether a folder holds a split in this way. Errors with a `UserError` when the folder cannot be listed. */
  recognise(root: string, split: string): Promise<boolean>;
  /** What `open` and reading look at, so that other files there change no key; undefined where the folder is not recognised. */
  part(root: string, split: string): Promise<FolderPart | undefined>;
  /**
   * The data set; undefined where the folder is not recognised. Errors with a `UserError` when it is laid out in this way and cannot be used.
   */
  open(root: string, options: OpenOptions): Promise<Dataset | undefined>;
}

export interface OpenOptions {
  readonly split: string;
  /** File or folder of landmarks, absolute, in place of those of the data set. */
  readonly landmarks?: string | undefined;
}

/** A data set that was found on disk. Its groups are read one after the other. */
export interface Dataset {
  /** Absolute. Paths of photographs are relative to it. */
  readonly root: string;
  /** By what it was recognised, in words: `groups in test/data`. */
  readonly found: string;
  /** Every group that anything names, sorted by name. At least one has photographs. */
  readonly groups: readonly Group[];
  /** The entries that were left out, in words. */
  readonly remarks: readonly string[];
}

export interface Group {
  /** In the normal form NFC and without surrounding white space. */
  readonly name: string;
  /** Why the group has no photograph, in words. */
  readonly absent?: string;
  /** Files beside its photographs, absolute, by what they hold. */
  readonly files: Readonly<Partial<Record<'landmarks' | 'pairs' | 'people' | 'images', string>>>;
  /** Sorted by identity and file. */
  photographs(remarks: ReadingRemarks): AsyncIterable<Photograph>;
  /** Undefined for a group without pairs. Errors with `bad-pairs` (`UserError`). */
  readonly pairs?: (remarks: ReadingRemarks) => Promise<readonly Pair[]>;
}

/** An image of a data set on disk. */
export interface Photograph {
  /** Relative to the data set's root, with `/`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly group: string;
  readonly identity: string;
  /** x1 y1 … x5 y5 in pixels; undefined when nothing gives them for the image. */
  readonly landmarks: readonly number[] | undefined;
}

/** Two photographs to compare, by their paths. */
export interface Pair {
  /** 0 to 9. */
  readonly fold: number;
  readonly a: string;
  readonly b: string;
  readonly genuine: boolean;
}

/** Takes oddities of a data set while it is read. */
export interface ReadingRemarks {
  /** The entries that were left out or do not match, in words. */
  readonly remark: (text: string) => void;
  readonly missing: Pick<NotOnDisk, 'add'>;
  /** A group that only rows of a shared landmark file name. */
  readonly stranger: (group: string, reason: string) => void;
  /** Labels and lists of people in text files that contradict the folders, or each other. */
  readonly label: (group: string, doubt: LabelDoubt) => void;
}
