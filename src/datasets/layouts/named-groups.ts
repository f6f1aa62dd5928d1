import { UserError } from '../../errors';
import type { NamedGroup } from '../../data/pair-list';
import { foldName } from '../../kit/text/fold-name';
import { plural } from '../../kit/text/human';
import { percent } from '../../kit/text/percent';
import { alternatives } from '../../kit/text/quote';
import type { Dataset } from './layout';
import type { NotOnDisk } from '../reading/not-on-disk';
import type { PhotoSetInfo } from '../../data/photo-set';
import { own } from '../../kit/own';

/**
 * The data set with the groups that are expected; text files of others are left out after a remark. Errors with `other-groups`
 * (`UserError`) when one of them has no photographs, or there is a folder of another.
 * @param expected undefined where nobody says
 */
export function refuseOtherGroups(dataset: Dataset, expected: readonly string[] | undefined): Dataset {
  if (expected === undefined) return dataset;
  const isExpected = (name: string): boolean => expected.some(other => foldName(other) === foldName(name));
  const gone = expected.flatMap(name => {
    const group = dataset.groups.find(other => foldName(other.name) === foldName(name));
    if (group !== undefined && group.absent === undefined) return [];
    return [`no photographs of ${name}${group ? `: ${group.absent}` : ''}`];
  });
  const [others, extra] = [dataset.groups.filter(group => !isExpected(group.name)), [] as string[]];
  const remarks = [...dataset.remarks];
  for (const { name, absent } of others) {
    if (absent === undefined) extra.push(name);
    else remarks.push(`Group ${name} is left out, because \`groups\` does not name it: ${absent}`);
  }
  if (gone.length + extra.length === 0) {
    return { ...dataset, groups: dataset.groups.filter(group => isExpected(group.name)), remarks };
  }
  const found = [...gone, ...(extra.length > 0 ? [`a folder of ${alternatives(extra, 'and')}`] : [])].join('; ');
  throw new UserError(
    `Cannot read data set ${dataset.root}: found ${found}; want photographs of the groups ${alternatives(expected, 'and')} and of no others. ` +
      'Mend the folders, or the option `groups`',
    { code: 'other-groups' },
  );
}

/** Every group that anything names, sorted by name, with the number of its pairs or the reason why it has none that can be compared. */
export function namedGroups(
  dataset: Dataset,
  pairs: ReadonlyMap<string, number>,
  strangers: ReadonlyMap<string, string>,
  missing: Pick<NotOnDisk, 'counts'>,
  doubts: NamedOptions['doubts'],
): NamedGroup[] {
  const gone = new Map(Object.entries(missing.counts()));
  const own = dataset.groups.map(({ name, absent }): NamedGroup => {
    const count = pairs.get(name) ?? 0;
    const none = count === 0 ? `no pairs: ${name}_pairs.txt was not found` : undefined;
    const reason = absent === undefined ? none : `no photographs: ${absent}`;
    const notOnDisk = gone.get(name);
    const doubtful = doubts.flatMap(([group, text]) => (group === name ? [text] : []));
    return {
      group: name,
      pairs: count,
      ...(reason && { reason }),
      ...(notOnDisk && { notOnDisk }),
      ...(doubtful.length > 0 && { doubts: doubtful }),
    };
  });
  const others = [...strangers].map(([group, reason]) => ({ group, pairs: 0, reason: `no photographs: ${reason}` }));
  return [...own, ...others].sort((a, b) => (a.group < b.group ? -1 : 1));
}

export interface NamedOptions {
  readonly dataset: Dataset;
  readonly named: readonly NamedGroup[];
  readonly strangers: ReadonlyMap<string, string>;
  readonly groups: PhotoSetInfo['groups'];
  readonly missing: NotOnDisk;
  readonly split: string;
  /** Groups with what else is doubtful about them, in a few words. */
  readonly doubts: readonly (readonly [group: string, text: string])[];
}

/** Remarks on groups without photographs or pairs, and on missing photographs. */
export function tellNamed({ dataset, named, strangers, groups, missing, split, doubts }: NamedOptions): {
  readonly info: Pick<PhotoSetInfo, 'absent' | 'notOnDisk'>;
  readonly remarks: readonly string[];
  /** For the end of a run: undefined when everything is there. */
  readonly headline: string | undefined;
} {
  const absent = Object.fromEntries([
    ...dataset.groups.flatMap(({ name, absent }) => (absent === undefined ? [] : [[name, absent] as const])),
    ...strangers,
  ]);
  const notOnDisk = missing.counts();
  // A split without any pair file is one to learn from.
  const isTest = named.some(group => group.pairs > 0);
  const without = named.filter(({ group, reason }) => reason !== undefined && (isTest || Object.hasOwn(absent, group)));
  const lost = Object.entries(notOnDisk).map(([group, count]) => {
    const all = count + (own(groups, group)?.images ?? 0);
    const text = `${count} of ${all} photographs that text files name (${percent(count / all)}) are not on disk`;
    return { group, text: Object.hasOwn(absent, group) ? `text files name ${plural(count, 'photograph')}` : text };
  });
  const remarks = [
    ...without.map(({ group, reason }) => `Group ${group} has no result: ${reason!}`),
    ...lost.map(({ group, text }) => `Group ${group}: ${text}; the first in ${missing.first(group)}`),
  ];
  const lines = [
    ...without.map(({ group, reason }) => `${group}: ${reason!}`),
    ...lost.map(({ group, text }) => `${group}: ${text}`),
    ...doubts.map(([group, text]) => `${group}: ${text}`),
  ];
  return {
    info: {
      ...(Object.keys(absent).length > 0 && { absent }),
      ...(lost.length > 0 && { notOnDisk }),
    },
    remarks,
    headline: lines.length === 0 ? undefined : `Groups of split ${split}\n${lines.map(line => `  ${line}`).join('\n')}`,
  };
}
