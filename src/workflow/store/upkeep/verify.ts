import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { damageOfLines } from '../../../kit/files/sealed-lines';
import { canonicalJson } from '../../../kit/text/canonical-json';
import { errnoOf } from '../../../kit/files/errno';
import { FILE_ONLY } from '../../../kit/files/file-only';
import { readSealedJson } from '../../../kit/files/sealed-json';
import { sha256Text } from '../../../kit/files/sha256';
import { actionPath, parseAction } from '../actions/actions';
import { damageOfSealed, SEALED_CHECKPOINT } from '../actions/checkpoint-files';
import { settled } from './collecting';
import type { Store } from '../layout';
import { isStale, listLeases } from '../leases/lease-files';
import { MANIFEST_FILE, MANIFEST_FORMAT, type Manifest } from '../objects/manifest';
import { damageOfPictures } from '../objects/pictures';
import { PICTURES_FOLDER } from '../../../stage';
import { parseMarks } from '../objects/stat-signatures';
import { checkObject, objectFolder } from '../objects/objects';
import { quarantine } from './quarantine';
import { inStorage } from '../storage-error';

/** The kinds of things in a store, in the order in which they are checked. */
export const STORED_KINDS = [
  'object',
  'pictures',
  'action',
  'verified',
  'checkpoint',
  'lease',
  'fingerprint',
  'code',
  'run',
] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

export interface VerifyOptions {
  /** Move what is damaged to quarantine, so that it is made again; otherwise it is only reported. */
  readonly repair: boolean;
  readonly onProgress: (progress: { readonly done: number; readonly total: number; readonly kind: StoredKind }) => void;
}

export interface VerifyReport {
  /** How many were looked at. */
  readonly checked: Readonly<Record<StoredKind, number>>;
  /** Bytes of objects that were read. */
  readonly bytes: number;
  /** Objects of earlier versions, to which nothing refers. A collection removes them. */
  readonly outdated: readonly string[];
  /** What somebody has put into the store, relative to the folder that people open. It is left where it is. */
  readonly strangers: readonly string[];
  readonly problems: readonly StoreProblem[];
}

export interface StoreProblem {
  readonly kind: StoredKind;
  /** Relative to the folder that people open. */
  readonly path: string;
  /** What is wrong, as a sentence. */
  readonly found: string;
  /** Absolute place in quarantine; null when it was left where it is. */
  readonly movedTo: string | null;
}

interface Item {
  readonly kind: StoredKind;
  readonly path: string;
  /** What is wrong; undefined for a sound one. */
  readonly check: (state: State) => Promise<string | undefined> | string | undefined;
}

interface State {
  readonly sound: Map<string, Manifest>;
  readonly outdated: string[];
  readonly strangers: string[];
  bytes: number;
}

/** Checks everything in a store, and reads every byte of its objects. Changes nothing unless `repair` is set. */
export async function verifyStore(store: Store, { repair, onProgress }: VerifyOptions): Promise<VerifyReport> {
  return inStorage(store.root, async () => {
    const state: State = { sound: new Map(), outdated: [], strangers: [], bytes: 0 };
    const items = await itemsOf(store, state);
    const damaged: { readonly item: Item; readonly found: string }[] = [];
    for (const [done, item] of items.entries()) {
      onProgress({ done, total: items.length, kind: item.kind });
      const found = await settled(
        store,
        text => text !== undefined,
        () => item.check(state),
      );
      if (found !== undefined) damaged.push({ item, found });
    }
    const problems: StoreProblem[] = [];
    // Objects last: a kill in between must not leave the record of an action whose object is gone.
    for (const { item, found } of [...damaged].sort(
      (a, b) => Number(a.item.kind === 'object') - Number(b.item.kind === 'object'),
    )) {
      const { kind, path } = item;
      const movedTo = repair ? await quarantine(store, { path, expected: EXPECTED[kind], found }) : undefined;
      problems.push({ kind, path: relative(store.root, path), found, movedTo: movedTo ?? null });
    }
    const checked = Object.fromEntries(
      STORED_KINDS.map(kind => [kind, items.filter(item => item.kind === kind).length]),
    );
    const { bytes, outdated, strangers } = state;
    return {
      checked: checked as VerifyReport['checked'],
      bytes,
      outdated,
      strangers: strangers.map(path => relative(store.root, path)),
      problems,
    };
  });
}

const EXPECTED: Readonly<Record<StoredKind, string>> = {
  object: 'an object, as its manifest describes it',
  pictures: 'the pictures that were drawn from an object; the next run draws them again',
  action: 'the record of an action, with its object',
  verified: 'the file times of an object',
  checkpoint: 'a checkpoint, as a stage has written it',
  lease: 'a lease',
  fingerprint: 'the fingerprints of files outside the store',
  code: 'digests of modules, named by their own digest',
  run: 'the record of a run',
};

/** What the store names so itself; all else in its folders is somebody's. */
const OURS = { id: /^[0-9a-f]{32}$/, record: /^[0-9a-f]{32}\.json$/ };

async function itemsOf(store: Store, { strangers }: State): Promise<Item[]> {
  const runs = join(store.root, 'runs');
  const code = join(store.hidden, 'code');
  const ours = (folder: string, isOurs: (name: string) => boolean): string[] => {
    const names = namesIn(folder);
    strangers.push(...names.filter(name => !isOurs(name)).map(name => join(folder, name)));
    return names.filter(isOurs);
  };
  const isId = (name: string): boolean => OURS.id.test(name);
  const isRecord = (name: string): boolean => OURS.record.test(name);
  return [
    ...ours(store.objects, isId).map(name => objectItem(store, name)),
    ...namesIn(store.objects)
      .filter(isId)
      .flatMap(name => pictureItems(objectFolder(store, name))),
    ...ours(store.actions, isRecord).map(name => actionItem(store, name)),
    ...ours(store.verified, isRecord).map(name => markItem(store, name)),
    ...ours(store.checkpoints, isId).flatMap(name => checkpointItems(join(store.checkpoints, name))),
    ...(await listLeases(store)).map((lease): Item => {
      return { kind: 'lease', path: lease.path, check: () => (isStale(store, lease) ? lease.damage : undefined) };
    }),
    ...namesIn(store.fingerprints).flatMap(name => fingerprintItems(join(store.fingerprints, name))),
    ...namesIn(code)
      .filter(name => name.endsWith('.json'))
      .map(name => codeItem(code, name)),
    ...ours(runs, name => isFolder(join(runs, name))).map(name => sealedItem('run', join(runs, name, 'run.json'))),
  ];
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function objectItem(store: Store, id: string): Item {
  const path = objectFolder(store, id);
  const check = async (state: State): Promise<string | undefined> => {
    if (isOutdated(path)) {
      state.outdated.push(id);
      return undefined;
    }
    // Collected meanwhile. The record that names a missing one reports it.
    if (!existsSync(path)) return undefined;
    const manifest = await checkWhole(store, id, state);
    return typeof manifest === 'string' && existsSync(path) ? manifest : undefined;
  };
  return { kind: 'object', path, check };
}

/** They are no part of the object, so that it stays when they are damaged. */
function pictureItems(folder: string): Item[] {
  const path = join(folder, PICTURES_FOLDER);
  return existsSync(path) ? [{ kind: 'pictures', path, check: () => damageOfPictures(folder) }] : [];
}

/** Reads everything in an object, once for each that is sound. */
async function checkWhole(store: Store, id: string, state: State): Promise<Manifest | string> {
  const known = state.sound.get(id);
  if (known !== undefined) return known;
  const folder = objectFolder(store, id);
  const onStrangers = (paths: readonly string[]): unknown =>
    state.strangers.push(...paths.map(path => join(folder, path)));
  const manifest = await checkObject(store, id, { everything: true, onStrangers });
  if (typeof manifest === 'string') return manifest;
  state.sound.set(id, manifest);
  state.bytes += manifest.bytes;
  return manifest;
}

function actionItem(store: Store, name: string): Item {
  const key = name.replace(/\.json$/, '');
  const check = async (state: State): Promise<string | undefined> => {
    const action = parseAction(store, key);
    if (action === undefined || typeof action === 'string') return action;
    // One that was made since this began is read now.
    const manifest = await checkWhole(store, action.object, state);
    if (typeof manifest === 'string') return `its object ${action.object} is missing or damaged`;
    return manifest.digest === action.digest
      ? undefined
      : `its object ${action.object} has the digest ${manifest.digest}`;
  };
  return { kind: 'action', path: actionPath(store, key), check };
}

function markItem(store: Store, name: string): Item {
  const check = (): string | undefined => {
    const marks = parseMarks(store, name.replace(/\.json$/, ''));
    return typeof marks === 'string' ? marks : undefined;
  };
  return { kind: 'verified', path: join(store.verified, name), check };
}

/** What a stage keeps there by other names, and what it has not finished writing, only the stage can judge. */
function checkpointItems(folder: string): Item[] {
  const item = (path: string, check: Item['check']): Item => ({ kind: 'checkpoint', path, check });
  const isElse = (): boolean => existsSync(folder) && !isFolder(folder);
  if (isElse()) return [item(folder, () => (isElse() ? 'it is not a folder' : undefined))];
  const names = namesIn(folder).filter(name => SEALED_CHECKPOINT.test(name));
  return names.map(name => item(join(folder, name), () => damageOfSealed(join(folder, name))));
}

/** What is known of a path as a whole, and of its files one by one. What was left half written under another name is neither. */
function fingerprintItems(path: string): Item[] {
  if (path.endsWith('.json')) return [sealedItem('fingerprint', path)];
  if (!path.endsWith('.files')) return [];
  return [{ kind: 'fingerprint', path, check: () => damageOfLines(path) }];
}

function codeItem(folder: string, name: string): Item {
  const path = join(folder, name);
  const check = (): string | undefined => {
    try {
      const digest = sha256Text(
        canonicalJson(JSON.parse(readFileSync(path, { encoding: 'utf8', flag: FILE_ONLY as never }))),
      );
      return name === `${digest}.json` ? undefined : `it has the digest ${digest}`;
    } catch (error) {
      if (error instanceof SyntaxError) return 'it is not JSON';
      if (['EISDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return 'it is not a file';
      throw error;
    }
  };
  return { kind: 'code', path, check };
}

function sealedItem(kind: StoredKind, path: string): Item {
  const check = (): string | undefined => {
    const value = readSealedJson(path);
    return typeof value === 'string' ? value : undefined;
  };
  return { kind, path, check };
}

/** Whether an object was made when manifests had no seal. */
function isOutdated(folder: string): boolean {
  try {
    const { format } = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as { format?: unknown };
    return typeof format === 'number' && format < MANIFEST_FORMAT;
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
