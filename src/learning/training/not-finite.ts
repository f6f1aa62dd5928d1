import { UserError } from '../../errors';
import type { Weights } from '../networks';
import type { Batch } from './batch';
import { readWeights, type Learner } from './learner';

/** What helps a person whose training failed. */
export interface FailureHelp {
  /** Names samples for a person. */
  readonly describe: (samples: Uint32Array) => Promise<string>;
  /** Keeps weights; returns where, for a person. */
  readonly keep?: (weights: Weights, step: number) => Promise<string>;
}

/** A step that was not taken. */
export interface FailedStep {
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  readonly loss: number;
  /** Before their weights. */
  readonly terms: Readonly<Record<string, number>>;
  /** Euclidean norms of the gradients that are clipped and of the others, and of what batch normalisation found in the batch. */
  readonly norms: { readonly clipped: number; readonly unclipped: number; readonly ofStatistics: number };
}

/** The error of a loss, gradients or statistics that are not finite. Keeps the learner's weights, which are those before the step. */
export async function notFinite(
  failed: FailedStep,
  learner: Learner,
  { samples }: Batch,
  { describe, keep }: FailureHelp,
): Promise<UserError> {
  const { step, epoch, learningRate } = failed;
  const found = Number.isFinite(failed.loss) ? ofParts(failed) : ofLoss(failed);
  const kept = keep ? `the weights before that step ${await keepFinite(learner, step, keep)}; ` : '';
  return new UserError(
    `Train: ${found} in step ${step} of epoch ${epoch}, at learning rate ${learningRate}; ${kept}` +
      `lower the learning rate, or look at the faces of that step: ${await describe(samples)}`,
    { code: CODE },
  );
}

export function isNotFinite(error: unknown): boolean {
  return error instanceof UserError && error.code === CODE;
}

const CODE = 'loss-not-finite';

function ofLoss({ loss, terms }: FailedStep): string {
  const parts = Object.entries(terms).map(([name, value]) => `${name} ${value}`);
  return `the loss is ${loss} (${parts.join(', ')})`;
}

function ofParts({ loss, norms: { clipped, unclipped, ofStatistics } }: FailedStep): string {
  return (
    `the loss is ${loss}, but the lengths of its gradients are ${clipped} (backbone) and ${unclipped} (class centres) ` +
    `and that of the means and variances in the backbone is ${ofStatistics}, want finite ones,`
  );
}

async function keepFinite(learner: Learner, step: number, keep: NonNullable<FailureHelp['keep']>): Promise<string> {
  const weights = await readWeights(learner);
  for (const [name, { values }] of weights) {
    // The step before may have overflowed them.
    if (!values.every(Number.isFinite)) return `are not finite either (${name})`;
  }
  return `are in ${await keep(weights, step)}`;
}
