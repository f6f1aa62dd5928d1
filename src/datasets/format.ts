/** A group of a data set: a folder of identities, and the text files that belong to it. Paths are absolute. */
export interface GroupFiles {
  readonly name: string;
  /** Holds one folder per identity. */
  readonly folder: string;
  readonly landmarks?: LandmarkSource;
  readonly pairs?: string;
  readonly people?: string;
}

export interface LandmarkSource {
  readonly file: string;
  /** The file holds the rows of other groups too. */
  readonly shared: boolean;
}

/** A data set that was found on disk. */
export interface Dataset {
  readonly format: string;
  /** Absolute. Paths of photographs are relative to it. */
  readonly root: string;
  /** Sorted by name. At least one. */
  readonly groups: readonly GroupFiles[];
  /** What was seen and left out, in words. */
  readonly remarks: readonly string[];
}

/** A way in which a data set lies on disk. */
export interface DatasetFormat {
  readonly name: string;
  readonly summary: string;
  /** Where `find` looks, relative to the root, for messages. */
  places(split: string): readonly string[];
  /**
   * The data set, or undefined when the folder is laid out in another way. Errors with a `UserError` when the folder is laid
   * out in this way but cannot be used.
   */
  find(root: string, split: string): Promise<Dataset | undefined>;
}
