import { resolve } from 'node:path';
import type { Action } from '../artifacts/action';
import { listActions, openStore, type Store } from '../artifacts/store';
import type { Effects } from '../effects';

export interface Shelf {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly store: Store;
  /** Every action of the store, damaged ones left out. */
  readonly actions: readonly Action[];
}

/** All that is stored, for commands that look for something in it. */
export async function openShelf(artifacts: string, effects: Effects): Promise<Shelf> {
  const { cwd, now } = effects;
  const store = await openStore(resolve(cwd, artifacts), effects);
  return { cwd, now: now(), store, actions: await listActions(store) };
}
