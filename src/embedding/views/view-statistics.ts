/** Means over some faces; null when there are none. */
export type ViewSummary = {
  readonly count: number;
  /** L2 norm of the unmirrored face's embedding before normalisation. */
  readonly meanNorm: number | null;
  /** Cosine between the embeddings of a face and of its mirror image. */
  readonly meanViewCosine: number | null;
};

/** Gathers what the metrics show. */
export interface ViewStatistics {
  add(group: string, norm: number, viewCosine: number): void;
  summary(): ViewSummary & { readonly groups: Readonly<Record<string, ViewSummary>> };
}

/** @param images how many faces each group has. */
export function viewStatistics(images: Readonly<Record<string, number>>): ViewStatistics {
  const names = Object.keys(images).sort();
  const groups = new Map(names.map(name => [name, { ...EMPTY }]));
  return {
    add(name, norm, viewCosine) {
      const group = groups.get(name);
      if (!group || group.count === images[name]) throw new RangeError(`Unexpected face of group ${name}`);
      group.count++;
      group.norm += norm;
      group.viewCosine += viewCosine;
    },
    summary: () => ({
      ...means([...groups.values()].reduce(plus, EMPTY)),
      groups: Object.fromEntries([...groups].map(([name, sums]) => [name, means(sums)])),
    }),
  };
}

interface Sums {
  count: number;
  norm: number;
  viewCosine: number;
}

const EMPTY: Readonly<Sums> = { count: 0, norm: 0, viewCosine: 0 };

function plus(a: Sums, b: Sums): Sums {
  return { count: a.count + b.count, norm: a.norm + b.norm, viewCosine: a.viewCosine + b.viewCosine };
}

function means({ count, norm, viewCosine }: Sums): ViewSummary {
  return {
    count,
    meanNorm: count > 0 ? norm / count : null,
    meanViewCosine: count > 0 ? viewCosine / count : null,
  };
}
