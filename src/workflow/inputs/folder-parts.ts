import type { AnyStage, FolderPart, Json } from '../../stage';

/** What a step reads of folders outside the store, by absolute path. Of one that is not in it, everything. */
export type FolderParts = ReadonlyMap<string, FolderPart>;

/** Asks a stage what it reads. A folder that two of its options name is read as a whole. */
export async function folderParts(
  { stage, options }: { readonly stage: AnyStage; readonly options: Readonly<Record<string, Json>> },
  named: readonly { readonly option: string; readonly path: string }[],
): Promise<FolderParts> {
  const parts = new Map<string, FolderPart>();
  for (const { option, path } of named) {
    const isAlone = named.filter(other => other.path === path).length === 1;
    const part = isAlone ? await stage.reads?.[option]?.(path, options) : undefined;
    if (part !== undefined) parts.set(path, part);
  }
  return parts;
}
