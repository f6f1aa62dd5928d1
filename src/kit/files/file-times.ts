import { readFileSync, statfsSync } from 'node:fs';

/**
 * File systems of Linux, by what statfs(2) calls them, on which a file may change and look as before. In memory: no write through a mapping
 * touches any time. Of the others: they keep no time of the last change beside the one that any program can set, or their times are undocumented.
 */
const DOUBTFUL: Readonly<Record<number, string>> = {
  0x01021994: 'tmpfs',
  0x858458f6: 'ramfs',
  0x2011bab0: 'exFAT',
  0x4d44: 'FAT',
  0x4244: 'HFS',
  0x65735546: 'FUSE',
};

/** Those on which the change time of a folder shows when it was moved: ext4, XFS, Btrfs, F2FS, ZFS, tmpfs. Not where layers are copied up or servers answer. */
const SHOWING_MOVES: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994,
]);

const known = new Map<bigint, number | undefined>();

/**
 * Name of the file system where its times do not show every change of a file; undefined where they do. Asked once for each device.
 * @param path of something that is there
 * @param device of the path, as `stat` gives it
 */
export function doubtfulFileSystem(path: string, device: bigint): string | undefined {
  const kind = kindOf(path, device);
  return kind === undefined ? undefined : DOUBTFUL[kind];
}

/** Whether the change time of a folder changes where it gets another name, and for little else. Parameters as above. */
export function showsMoves(path: string, device: bigint): boolean {
  return SHOWING_MOVES.has(kindOf(path, device) ?? 0);
}

/** For tests. */
export function forgetFileSystems(): void {
  known.clear();
}

/** The number of the file system. */
function kindOf(path: string, device: bigint): number | undefined {
  if (!known.has(device)) known.set(device, askKind(path));
  return known.get(device);
}

function askKind(path: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // Negative where the number is taken for a signed one.
    return Number(BigInt.asUintN(32, BigInt(statfsSync(path).type)));
  } catch {
    return undefined;
  }
}

/** How long Linux keeps written pages in memory, and how often it looks for old ones, by default. */
const [USUAL_EXPIRE_MS, USUAL_WRITEBACK_MS] = [30_000, 5000];

let window: number | undefined;

/**
 * For so many milliseconds after its last visible change a file may change again and look the same: of writes through a mapping only the first one
 * to a page shows, until the system has written that page to the disk. Without mappings it is 2 s, which is how coarse some times are.
 */
export function silentForMs(): number {
  window ??=
    tuned('dirty_expire_centisecs', USUAL_EXPIRE_MS) + 2 * tuned('dirty_writeback_centisecs', USUAL_WRITEBACK_MS);
  return window;
}

function tuned(name: string, usual: number): number {
  try {
    const hundredths = Number(readFileSync(`/proc/sys/vm/${name}`, 'utf8'));
    return hundredths > 0 ? 10 * hundredths : usual;
  } catch {
    return usual;
  }
}
