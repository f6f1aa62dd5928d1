import type { ComparedModel } from './compared-model';

type Told = Pick<ComparedModel, 'label' | 'facePixels'> & { readonly model: { readonly sha256: string } };

/**
 * Models that are compared although they are one, a sentence for each after the first; equal weights that see pixels in two ways, or
 * other faces, are two.
 */
export function sameModels(models: readonly Told[]): string[] {
  return models.flatMap((one, i) => {
    const twin = models.slice(0, i).find(other => sameAs(other) === sameAs(one));
    if (!twin) return [];
    return [
      `“${twin.label}” and “${one.label}” are one model, weights ${one.model.sha256.slice(0, 12)}: ` +
        'every difference between them is 0 by construction; check which model each was given',
    ];
  });
}

function sameAs({ model, facePixels }: Told): string {
  // Of evaluations that say it.
  const { preprocessing } = model as { readonly preprocessing?: object };
  const { channels, mean, scale } = (preprocessing ?? {}) as Readonly<Record<string, unknown>>;
  return JSON.stringify([model.sha256, channels, mean, scale, facePixels]);
}
