import { foldName } from '../kit/text/fold-name';
import type { FaceSetInfo } from '../data/face-set';
import type { NamedGroup, PairList } from '../data/pair-list';
import { own } from '../kit/own';

/** What is known of a group before any pair of it is compared. */
export interface KnownGroup {
  readonly group: string;
  readonly listedPairs: number;
  /** Why no pair of it can be compared, where that is known. */
  readonly reason?: string;
  readonly photographs: LostPhotographs;
  /** What reading the data set and aligning its faces have warned of. */
  readonly doubts?: readonly string[];
}

export interface LostPhotographs {
  /** All that folders, landmark rows and pairs name. */
  readonly listed: number;
  /** By reason: `not-on-disk`, or why alignment skipped them. Empty when every one gave a face. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Every group that the pairs, the data set behind them or the faces name, sorted by name. */
export function everyGroup(
  pairs: Pick<PairList, 'groups' | 'groupOf' | 'named'>,
  { groups, skipped, doubts: ofFaces = {} }: Pick<FaceSetInfo, 'groups' | 'skipped' | 'doubts'>,
): KnownGroup[] {
  const listed = pairs.groups.map(() => 0);
  for (const group of pairs.groupOf) listed[group]!++;
  const counts = new Map(pairs.groups.map((group, i) => [group, listed[i]!]));
  const named = new Map(pairs.named.map(one => [one.group, one]));
  const names = new Set([...counts.keys(), ...named.keys()]);
  for (const group of [...Object.keys(groups), ...Object.keys(skipped)]) names.add(group);
  return [...names].sort().map(group => {
    const photographs = photographsOf(group, { groups, skipped }, named.get(group));
    const listedPairs = counts.get(group) ?? 0;
    const alike = [...counts.keys()].find(other => other !== group && foldName(other) === foldName(group));
    const none = `no pairs: the pair list names ${alike === undefined ? 'no such group' : `"${alike}" instead`}`;
    const gone = own(groups, group) === undefined ? lostText(photographs) : undefined;
    const reason = named.get(group)?.reason ?? (listedPairs === 0 ? none : gone && `no faces: ${gone}`);
    const doubts = [...(named.get(group)?.doubts ?? []), ...(own(ofFaces, group) ?? [])];
    return {
      ...{ group, listedPairs, photographs },
      ...(reason !== undefined && { reason }),
      ...(doubts.length > 0 && { doubts }),
    };
  });
}

function photographsOf(
  group: string,
  { groups, skipped }: Pick<FaceSetInfo, 'groups' | 'skipped'>,
  named: NamedGroup | undefined,
): LostPhotographs {
  const gone = named?.notOnDisk ?? 0;
  const lost = { ...(gone > 0 && { 'not-on-disk': gone }), ...own(skipped, group) };
  const sum = Object.values(lost).reduce((total, count) => total + count, 0);
  return { listed: sum + (own(groups, group)?.images ?? 0), lost };
}

/** `5 of 40 photographs gave no face (4 unreadable-image, 1 not-on-disk)`, or undefined when all did. */
export function lostText({ listed, lost }: LostPhotographs): string | undefined {
  const reasons = Object.entries(lost);
  if (reasons.length === 0) return undefined;
  const sum = reasons.reduce((total, [, count]) => total + count, 0);
  return `${sum} of ${listed} photographs gave no face (${reasons.map(([reason, count]) => `${count} ${reason}`).join(', ')})`;
}

interface Evaluated {
  readonly accuracy: number | null;
  readonly reason?: string;
  readonly remarks?: readonly string[];
}

/** An evaluation with what was known before: why it has no accuracy, which photographs were lost, and what was doubtful. */
export function withKnown<E extends Evaluated>(
  { reason, photographs, doubts = [] }: KnownGroup,
  evaluated: E,
): E & { readonly photographs?: LostPhotographs } {
  const lost = lostText(photographs);
  const remarks = [...(evaluated.remarks ?? []), ...doubts, ...(lost === undefined ? [] : [lost])];
  return {
    ...evaluated,
    ...(evaluated.accuracy === null && reason !== undefined && { reason }),
    ...(remarks.length > 0 && { remarks }),
    ...(lost !== undefined && { photographs }),
  };
}
