import { createHash } from 'node:crypto';
import { lstatSync, readlinkSync, type BigIntStats } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { showsMoves } from '../../kit/files/file-times';

/**
 * The folders and links on the way to an input. Where one of them is exchanged and put back while a stage reads, no file behind the path looks changed
 * afterwards, though others were read.
 */
export type Way = readonly Waymark[];

interface Waymark {
  readonly path: string;
  readonly stat: BigIntStats;
}

/** As the system resolves the path; links in links are followed. Ends early where something is missing. */
export function wayTo(path: string): Way {
  const marks: Waymark[] = [];
  let here = parse(resolve(path)).root;
  let ahead = partsOf(resolve(path));
  for (let links = 0; ahead.length > 0;) {
    const next = join(here, ahead[0]!);
    ahead = ahead.slice(1);
    const stat = lstatSync(next, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) break;
    if (stat.isSymbolicLink() || stat.isDirectory()) marks.push({ path: next, stat });
    here = next;
    if (!stat.isSymbolicLink()) continue;
    if (++links > MOST_LINKS) break;
    const target = resolve(dirname(next), readlinkSync(next));
    here = parse(target).root;
    ahead = [...partsOf(target), ...ahead];
  }
  return marks;
}

/** The first folder or link that was moved or replaced between two looks. */
export function movedOn(before: Way, after: Way): string | undefined {
  for (const [index, { path, stat }] of before.entries()) {
    const now = after[index];
    if (now?.path !== path || now.stat.isSymbolicLink() !== stat.isSymbolicLink()) return path;
    if (stat.isSymbolicLink() ? linkState(stat) !== linkState(now.stat) : wasMoved({ path, stat }, now)) return path;
  }
  return undefined;
}

/** The same of all folders and links inside an input, without holding them. */
export interface Inside {
  /** Digest of the links. */
  readonly links: string;
  /** Of the folder that was moved last: when, in nanoseconds since 1970; 0 where it is not known. */
  readonly moved: bigint;
}

/** @returns what takes the folders and links as they are listed */
export function insideLook() {
  const links = createHash('sha256');
  let moved = 0n;
  return {
    link: (stat: BigIntStats): void => void links.update(`${linkState(stat)}\n`),
    folder(path: string, stat: BigIntStats): void {
      // What is made or removed in a folder sets both times; then a move cannot be recognised, and a new file beside photographs must not count as one.
      if (stat.ctimeNs !== stat.mtimeNs && stat.ctimeNs > moved && showsMoves(path, stat.dev)) moved = stat.ctimeNs;
    },
    end: (): Inside => ({ links: links.digest('hex'), moved }),
  };
}

export function movedInside(before: Inside, after: Inside): boolean {
  return before.links !== after.links || after.moved > before.moved;
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

function partsOf(path: string): string[] {
  return path.slice(parse(path).root.length).split(sep).filter(Boolean);
}

/** A link that leads elsewhere is another one: none can be written to. */
function linkState({ dev, ino, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${ctimeNs}`;
}

/** Its change time alone changes where a folder gets another name; where something is made in it, the other one does, too. */
function wasMoved({ path, stat }: Waymark, now: Waymark): boolean {
  return now.stat.ctimeNs !== stat.ctimeNs && now.stat.mtimeNs === stat.mtimeNs && showsMoves(path, stat.dev);
}
