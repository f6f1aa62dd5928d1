import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { locateArtifact } from '../shared/locate';
import { drawnBy } from '../shared/drawn-by';
import { openStoreView } from '../shared/store-view';
import { showArtifact } from '.';
import { textWidth } from '../shared/text-width';

export interface ShowCommandOptions {
  readonly artifact: string;
  readonly rows?: number;
  readonly artifacts: string;
}

const ROWS = 10;

/** `pipeline show`: what is in an artifact, or in a file of one. Returns the exit code. */
export async function showCommand(options: ShowCommandOptions, effects: Effects): Promise<number> {
  const { out } = effects;
  const view = await openStoreView(options.artifacts, effects);
  const found = locateArtifact(options.artifact, view);
  out.write(
    await showArtifact(found, {
      ...view,
      rows: options.rows ?? ROWS,
      columns: textWidth(out),
      drawnBy: stage => drawnBy(stage, effects.env),
    }),
  );
  return EXIT.done;
}
