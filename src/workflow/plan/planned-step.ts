import type { Place } from '../configuration/checked-pipeline';

/**
 * - `hit`: the result exists
 * - `partial`: it has to run, and can take rows from earlier artifacts or resume from a checkpoint
 * - `miss`: it has to run
 * - `forced`: the result exists, and is made again
 * - `pending`: its key is known once the stages before it have finished; it will run unless their results are unchanged
 */
export type PlanState = 'hit' | 'partial' | 'miss' | 'forced' | 'pending';

/** What a run would do with a step, and why. JSON. */
export interface PlannedStep {
  readonly stage: string;
  readonly uses: string;
  readonly needs: readonly string[];
  readonly state: PlanState;
  /** Null while it is pending. */
  readonly key: string | null;
  /** One line for people: `params.seed 1 → 2`, `has never run`. Empty for a hit with nothing to say. */
  readonly because: readonly Reason[];
  /** The earlier execution with the most equal leaves of the key; for a hit, the one that made it. */
  readonly nearest: PastExecution | null;
  /** Seconds that a hit saves; null unless it is one. */
  readonly saves: number | null;
  /** Cost of earlier executions; null when it never ran. */
  readonly expected: { readonly seconds: number; readonly bytes: number; readonly runs: number } | null;
}

/** An execution of the past. */
export interface PastExecution {
  readonly key: string;
  readonly run: string;
  readonly pipeline: string;
  readonly step: string;
  /** ISO 8601. */
  readonly finished: string;
  readonly differing: number;
  readonly leaves: number;
}

/** One changed leaf of the key, and what changed it. */
export interface Reason {
  /** `options.margin.mean`, `inputs.faces[0]`, `code.src/losses/kd.ts`; `stage` when there is nothing to compare with. */
  readonly leaf: string;
  /** Null where the leaf did not exist. */
  readonly before: string | null;
  readonly after: string | null;
  /** For people, without the places. */
  readonly text: string;
  /** Where the new value is written. */
  readonly places: readonly Place[];
  /** From this stage to the one where the change began: `["student", "mix", "params.realShare 0.7 → 0.5"]`. */
  readonly chain: readonly string[];
}
