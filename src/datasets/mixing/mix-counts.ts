import type { FaceRow } from '../../data/face-set';
import { SOURCES, type Chosen, type MixPlan, type Source } from './mix-plan';

export interface GroupCounts {
  readonly real: { readonly identities: number; readonly images: number };
  readonly synthetic: { readonly identities: number; readonly images: number };
  /** Share of real ones, as achieved. */
  readonly realShare: { readonly identities: number; readonly images: number };
}

/** Decides face by face whether a plan takes it: the first so many images of each chosen identity. */
export function planFilter(plan: MixPlan, source: Source): (face: FaceRow) => boolean {
  const taken = new Map<string, Map<string, number>>([...plan.keys()].map(group => [group, new Map()]));
  return ({ group, identity }) => {
    const wanted = plan.get(group)?.[source].get(identity) ?? 0;
    const had = taken.get(group)?.get(identity) ?? 0;
    if (had >= wanted) return false;
    taken.get(group)!.set(identity, had + 1);
    return true;
  };
}

/** What a plan takes, by group. */
export function countPlan(plan: MixPlan): Record<string, GroupCounts> {
  return Object.fromEntries(
    [...plan].map(([group, chosen]) => {
      const [real, synthetic] = SOURCES.map(source => countOf(chosen[source]));
      const share = (what: 'identities' | 'images'): number => real![what] / (real![what] + synthetic![what]);
      return [
        group,
        { real: real!, synthetic: synthetic!, realShare: { identities: share('identities'), images: share('images') } },
      ];
    }),
  );
}

function countOf(chosen: Chosen): GroupCounts['real'] {
  return { identities: chosen.size, images: [...chosen.values()].reduce((sum, count) => sum + count, 0) };
}
