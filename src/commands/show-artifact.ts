import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { locate } from './locate';
import { openShelf } from './open-artifact';
import { showArtifact } from './show';
import { roomOf } from './room';

export interface ShowCommandOptions {
  readonly artifact: string;
  readonly rows?: number;
  readonly artifacts: string;
}

const ROWS = 10;

/** `pipeline show`: what is in an artifact, or in a file of one. Returns the exit code. */
export async function showCommand(options: ShowCommandOptions, effects: Effects): Promise<number> {
  const { out, env } = effects;
  const shelf = await openShelf(options.artifacts, effects);
  const found = locate(options.artifact, shelf);
  out.write(
    await showArtifact(found, {
      ...shelf,
      rows: options.rows ?? ROWS,
      columns: roomOf(out),
      isTerminal: out.isTerminal,
      env,
    }),
  );
  return EXIT.done;
}
