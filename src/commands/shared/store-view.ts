import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listActions, openStore, type Action, type Store } from '../../workflow/store';
import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';

export interface StoreView {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly store: Store;
  /** Every action of the store, damaged ones left out. */
  readonly actions: readonly Action[];
}

/** The store with all its actions, for commands that search it. */
export async function openStoreView(artifacts: string, effects: Effects): Promise<StoreView> {
  const { cwd, now } = effects;
  const store = await openExistingStore(artifacts, effects);
  return { cwd, now: now(), store, actions: await listActions(store) };
}

/** Opens a store that must exist. Throws UserError `no-artifacts`. */
export async function openExistingStore(artifacts: string, effects: Effects): Promise<Store> {
  const root = resolve(effects.cwd, artifacts);
  if (existsSync(join(root, '.store'))) return openStore(root, effects);
  throw new UserError(
    `Cannot find any results in ${root}: run a pipeline first, or give their folder with --artifacts`,
    { code: 'no-artifacts', exit: EXIT.usage },
  );
}
