import type { SkipCounts } from '../../data/face-set';
import type { PictureFault } from '../../data/skip-reason';
import type { SkippedPhotographs } from './skipped-photographs';

/** What was a picture once, or should have become one. */
const DAMAGE: ReadonlySet<string> = new Set<PictureFault>(['empty-file', 'not-an-image', 'truncated', 'corrupt']);

/** What `damaged: skip` leaves for the limits to count: everything but damaged files. */
export function withoutDamage({
  counts,
  examples,
}: Pick<SkippedPhotographs, 'counts' | 'examples'>): Pick<SkippedPhotographs, 'total' | 'counts' | 'examples'> {
  const left = counted(counts(), reason => !DAMAGE.has(reason));
  return {
    total: sumOf(left),
    counts: () => left,
    examples: () => examples().filter(({ reason }) => !DAMAGE.has(reason)),
  };
}

/** The setting that skips damaged files, where there are any; else nothing. */
export function damageHint(counts: SkipCounts): string {
  const damaged = sumOf(counted(counts, reason => DAMAGE.has(reason)));
  return damaged === 0 ? '' : `; ${damaged} damaged file${damaged === 1 ? '' : 's'} can be left out with damaged: skip`;
}

function counted(counts: SkipCounts, isMeant: (reason: string) => boolean): SkipCounts {
  const groups = Object.entries(counts).map(([group, reasons]) => {
    const meant = Object.entries(reasons).filter(([reason]) => isMeant(reason));
    return [group, Object.fromEntries(meant)] as const;
  });
  return Object.fromEntries(groups.filter(([, reasons]) => Object.keys(reasons).length > 0));
}

function sumOf(counts: SkipCounts): number {
  return Object.values(counts)
    .flatMap(reasons => Object.values(reasons))
    .reduce((sum, count) => sum + count, 0);
}
