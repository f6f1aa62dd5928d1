import type { MixOptions } from './mix-options';
import { SOURCES, type ImagesByIdentity, type Source } from './mix-plan';

/** Below this share of what the largest group has, a group has lost something, such as half of an archive. */
const LEAST = 0.5;

/**
 * Groups that hold a mix back, a sentence for each source: every group gives as many as the smallest can, so that one that was copied in part
 * makes all of them small. Says nothing when the total is stated, or of a source of which nothing is taken.
 */
export function smallGroups(
  available: Readonly<Record<Source, ReadonlyMap<string, ImagesByIdentity>>>,
  { by, total, realShare }: Pick<MixOptions, 'by' | 'total' | 'realShare'>,
): string[] {
  if (total !== undefined) return [];
  const share = { real: realShare, synthetic: 1 - realShare };
  return SOURCES.flatMap(source => {
    if (share[source] === 0) return [];
    const counts = [...available[source]].map(([group, identities]) => [group, amount(identities, by)] as const);
    const most = Math.max(...counts.map(([, count]) => count));
    const small = counts.filter(([, count]) => count < LEAST * most);
    if (small.length === 0) return [];
    return [
      `${small.map(([group, count]) => `group ${group} has ${count}`).join(', ')} of the ${source} ${by}, another group ${most}: as many are ` +
        'taken of each as the smallest can give. Is it there as a whole? Otherwise say `total`',
    ];
  });
}

function amount(identities: ImagesByIdentity, by: MixOptions['by']): number {
  return by === 'identities' ? identities.size : [...identities.values()].reduce((sum, count) => sum + count, 0);
}
