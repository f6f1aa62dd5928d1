/** A group as a folder of identities, and the text files that belong to it. Paths are absolute. */
export interface GroupFiles {
  /** Of the folder, in the normal form NFC and without surrounding white space. */
  readonly name: string;
  /** Holds one folder per identity. Need not be there when `absent` is set. */
  readonly folder: string;
  readonly landmarks?: LandmarkSource;
  readonly pairs?: string;
  readonly people?: string;
  /** Photographs with labels. */
  readonly images?: string;
  /** Why the group has no photograph, in words: its folder is empty, or only text files name it. */
  readonly absent?: string;
}

export interface LandmarkSource {
  readonly file: string;
  /** The file holds the rows of other groups too. */
  readonly shared: boolean;
}

/** Groups that were found in a folder. */
export interface FoundGroups {
  /** Every group that is named by a folder or a text file, sorted by name. At least one has photographs. */
  readonly groups: readonly GroupFiles[];
  /** The entries that were left out, in words. */
  readonly remarks: readonly string[];
}
