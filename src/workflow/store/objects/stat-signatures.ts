import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../../kit/files/errno';
import { silentForMs } from '../../../kit/files/file-times';
import { readSealedJson, writeSealedJson } from '../../../kit/files/sealed-json';
import type { Store } from '../layout';
import { temporaryName } from '../leases/owner';
import { quarantine } from '../upkeep/quarantine';

const MARKS_FORMAT = 1;

/**
 * Coarse file systems keep times to 2 s: something written so shortly before it was looked at could have been written again after, and
 * look the same.
 */
const TOO_FRESH_NS = 2_000_000_000n;

/** `verified/<id>.json`: how everything in an object looked when it was last found right. */
export interface VerifiedMarks {
  readonly kind: 'fairdistill-verified';
  readonly format: typeof MARKS_FORMAT;
  readonly object: string;
  /** By path relative to the object, `''` for its folder, the manifest included. Those too fresh to be trusted are left out. */
  readonly marks: Readonly<Record<string, string>>;
}

/** What the file system says about a file or folder that changes with any write into it. */
export function markOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

/**
 * What is known of an object's files. Nothing when there is no record, one that only another user may read, or a damaged one, which is moved to
 * quarantine: then the files are read.
 */
export async function readMarks(store: Store, object: string): Promise<VerifiedMarks['marks']> {
  const found = readable(store, object);
  if (found === undefined) return {};
  if (typeof found !== 'string') return found.marks;
  await quarantine(store, {
    path: marksPath(store, object),
    expected: `the file times of the object ${object}`,
    found,
  });
  return {};
}

function readable(store: Store, object: string): VerifiedMarks | string | undefined {
  try {
    return parseMarks(store, object);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** Remembers the marks; `seen` is the time in milliseconds since 1970 before the first of them was taken. */
export async function writeMarks(
  store: Store,
  object: string,
  marks: ReadonlyMap<string, string>,
  seen: number,
): Promise<void> {
  const old = [...marks].filter(([, mark]) => changedNs(mark) + TOO_FRESH_NS <= BigInt(Math.floor(seen)) * 1_000_000n);
  const record: VerifiedMarks = {
    kind: 'fairdistill-verified',
    format: MARKS_FORMAT,
    object,
    marks: Object.fromEntries(old),
  };
  const temporary = join(store.temporary, temporaryName(`${object}.verified`, store.clock.randomName()));
  // Without it the files are read once more, so it need not survive a loss of power.
  await writeSealedJson(marksPath(store, object), record, temporary, { indent: 0, durable: false });
}

export function marksPath(store: Store, object: string): string {
  return join(store.verified, `${object}.json`);
}

/** Reads without touching. Returns a sentence that says what is wrong with a damaged record. */
export function parseMarks(store: Store, object: string): VerifiedMarks | string | undefined {
  const value = readSealedJson(marksPath(store, object));
  if (value === undefined || typeof value === 'string') return value;
  const record = value as Partial<VerifiedMarks>;
  if (record.kind !== 'fairdistill-verified' || record.format !== MARKS_FORMAT) return 'it is not a record of ours';
  if (record.object !== object) return `it is the record of the object ${String(record.object)}`;
  return record as VerifiedMarks;
}

/** Whether a file with this mark may change again without a trace: see `silentForMs`. `seen`: milliseconds since 1970. */
export function mayChangeSilently(mark: string | undefined, seen: number): boolean {
  return (
    mark !== undefined && changedNs(mark) + BigInt(silentForMs()) * 1_000_000n > BigInt(Math.floor(seen)) * 1_000_000n
  );
}

function changedNs(mark: string): bigint {
  const [, modified, changed] = mark.split(' ').map(BigInt);
  return modified! > changed! ? modified! : changed!;
}
