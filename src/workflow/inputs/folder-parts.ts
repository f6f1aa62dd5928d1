import type { FolderPart } from '../../stage';
import type { Pointer } from '../../kit/schema-parts';
import type { PathOption, Told } from './path-options';

/** What a step reads of folders outside the store, by absolute path. Of one that is not in it, everything. */
export type FolderParts = ReadonlyMap<string, FolderPart>;

/** Asks a stage what it reads. A folder that two of its options name is read as a whole. */
export async function folderParts(
  { stage, options }: Told,
  named: readonly Pick<PathOption, 'option' | 'path' | 'pointer'>[],
): Promise<FolderParts> {
  const parts = new Map<string, FolderPart>();
  for (const { option, path, pointer } of named) {
    const isAlone = named.filter(other => other.path === path).length === 1;
    const part = isAlone ? await stage.reads?.[option]?.(path, besideOf(options, pointer)) : undefined;
    if (part !== undefined) parts.set(path, part);
  }
  return parts;
}

/** The map that an option stands in. */
function besideOf(options: Told['options'], pointer: Pointer): Readonly<Record<string, unknown>> {
  let [beside, value]: [unknown, unknown] = [options, options];
  for (const step of pointer) {
    if (!Array.isArray(value)) beside = value;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return beside as Readonly<Record<string, unknown>>;
}
