import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { lineage } from '.';
import { locateArtifact } from '../shared/locate';
import { openStoreView } from '../shared/store-view';
import { textWidth } from '../shared/text-width';

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
  const view = await openStoreView(artifacts, effects);
  const linkOf = (object: string): string => pathToFileURL(join(view.store.objects, object)).href;
  out.write(
    lineage(locateArtifact(artifact, view), view.actions, format, { ...view, columns: textWidth(out), linkOf }),
  );
  return EXIT.done;
}
