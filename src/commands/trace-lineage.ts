import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { lineage } from './lineage';
import { locate } from './locate';
import { openShelf } from './open-artifact';

export interface LineageCommandOptions {
  readonly artifact: string;
  readonly format: string;
  readonly artifacts: string;
}

/** `pipeline lineage`: what an artifact was made from, and what was made from it. Returns the exit code. */
export async function lineageCommand(
  { artifact, format, artifacts }: LineageCommandOptions,
  effects: Effects,
): Promise<number> {
  const { out } = effects;
  const shelf = await openShelf(artifacts, effects);
  out.write(lineage(locate(artifact, shelf), shelf.actions, format, { ...shelf, columns: out.columns }));
  return EXIT.done;
}
