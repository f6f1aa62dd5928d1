import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../errors';
import { readSealedJson, writeSealedJson } from '../../../kit/files/sealed-json';
import { ACTION_FORMAT, type Action, type Production } from './action';
import { checkSettled } from '../upkeep/collecting';
import type { Store } from '../layout';
import { temporaryName } from '../leases/owner';
import { quarantine } from '../upkeep/quarantine';
import { inStorage } from '../storage-error';

const KEY = /^[0-9a-f]{32}$/;

/**
 * The record of the work with this key; undefined when it was not done. A damaged record is moved to quarantine and counts as missing. Throws
 * UserError `store-format` for a record of a later version.
 */
export async function readAction(store: Store, key: string): Promise<Action | undefined> {
  const found = parseAction(store, key);
  if (typeof found !== 'string') return found;
  await quarantine(store, { path: actionPath(store, key), expected: `the record of the action ${key}`, found });
  return undefined;
}

/** Every finished piece of work, in the order of their keys. Damaged ones are moved to quarantine. */
export async function listActions(store: Store): Promise<Action[]> {
  const actions: Action[] = [];
  for (const name of (await readdir(store.actions)).sort()) {
    if (!name.endsWith('.json')) continue;
    const action = await readAction(store, name.slice(0, -'.json'.length));
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

/** Writes that the work with this key is done. Its object must be on the disk already. */
export async function writeAction(store: Store, action: Action): Promise<void> {
  const temporary = join(store.temporary, temporaryName(`${action.key}.action`, store.clock.randomName()));
  await writeSealedJson(actionPath(store, action.key), action, temporary);
}

/** The facts about work for which another result is accepted. */
export type Acceptance = Pick<Action, 'key' | 'leaves'> & Partial<Omit<Production, 'key'> & Pick<Action, 'stage'>>;

/**
 * Records that the result of earlier work holds for another key too, because a person says so. Throws UserError `accept-damaged` when that
 * result is no longer sound.
 */
export async function acceptAction(store: Store, from: Action, to: Acceptance, because: string): Promise<Action> {
  return inStorage(store.root, async () => {
    const manifest = await checkSettled(store, from.object);
    if (typeof manifest === 'string') throw notAccepted(from, manifest);
    if (manifest.digest !== from.digest) throw notAccepted(from, `it has the digest ${manifest.digest}`);
    const before = parseAction(store, to.key);
    const others = typeof before === 'object' ? [...before.others, before.object] : [];
    const action: Action = {
      ...from,
      ...to,
      accepted: { because, from: from.key, time: new Date(store.clock.now()).toISOString() },
      others: [...new Set(others)].filter(other => other !== from.object),
    };
    await writeAction(store, action);
    // A collection could have taken the object before the record referred to it.
    const after = await checkSettled(store, from.object);
    if (typeof after !== 'string') return action;
    await rm(actionPath(store, to.key), { force: true });
    throw notAccepted(from, after);
  });
}

function notAccepted({ pipeline, step, run }: Action, found: string): UserError {
  return new UserError(
    `Cannot accept the result of ${pipeline}/${step} (run ${run}): ${found}; run the stage instead`,
    { code: 'accept-damaged', exit: EXIT.storage },
  );
}

export function actionPath(store: Store, key: string): string {
  return join(store.actions, `${key}.json`);
}

/** Reads without touching. Returns a sentence that says what is wrong with a damaged record. */
export function parseAction(store: Store, key: string): Action | string | undefined {
  const value = readSealedJson(actionPath(store, key));
  if (value === undefined || typeof value === 'string') return value;
  const action = value as Partial<Action>;
  if (action.kind !== 'fairdistill-action') return 'it is not the record of an action';
  if (Number(action.format) > ACTION_FORMAT) throw newer(actionPath(store, key), Number(action.format));
  if (action.format !== ACTION_FORMAT)
    return `it has format ${String(action.format)}, this version reads ${ACTION_FORMAT}`;
  if (action.key !== key) return `it is the record of the action ${String(action.key)}`;
  if (typeof action.object !== 'string' || !KEY.test(action.object)) return 'it names no object';
  return action as Action;
}

function newer(path: string, format: number): UserError {
  return new UserError(
    `Cannot read ${path}: a later version of fairdistill has written it (format ${format}, this one reads ${ACTION_FORMAT}); ` +
      'install that version, or choose another folder with --artifacts',
    { code: 'store-format', exit: EXIT.storage },
  );
}
