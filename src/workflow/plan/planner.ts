import { findArtifact, type Action, type Artifact, type InputRecord, type Store } from '../store';
import { hasCheckpoints } from '../store/actions/checkpoints';
import { quarantine, quarantinedResult } from '../store/upkeep/quarantine';
import type { CheckedPipeline, CheckedStep } from '../configuration/checked-pipeline';
import { openCompanions } from '../inputs/companions';
import { folderParts, type FolderParts } from '../inputs/folder-parts';
import { fingerprint, type Fingerprint } from '../inputs/fingerprint';
import type { CacheDamage } from '../inputs/stat-cache';
import type { StageInput } from '../../stage';
import { executionOf, NEVER, presentId, reasonsFor, type Present } from './explain';
import { nearestTo, readPast, rowsSimilarTo, type Past } from './past';
import { needsOf } from './selection';
import type { PlannedStep, Reason } from './planned-step';
import { programLeaves, type Program, type ProgramOf } from '../keys/program';
import { settledOptions } from '../keys/settled-options';
import { keyLeaves, keyOf, namedPaths, type NamedPath } from '../keys/step-key';

/** An input port of a step, connected to a finished artifact. */
export interface BoundInput {
  readonly record: InputRecord;
  readonly input: StageInput;
}

/** A step whose inputs exist: its key, its state and its reasons. */
export interface Plan {
  /** With what its stage chooses among its options. */
  readonly step: CheckedStep;
  readonly inputs: readonly BoundInput[];
  /** What it reads outside the store. */
  readonly named: readonly NamedPath[];
  readonly prints: readonly Fingerprint[];
  readonly present: Present;
  /** The modules that its process must load. */
  readonly texts: Program['texts'];
  /** What draws the pictures of its result. */
  readonly pictures: Program['pictures'];
  readonly key: string;
  readonly planned: PlannedStep;
  /** The result, if it exists. */
  readonly artifact: Artifact | undefined;
  /** Paths in the folder of the result that do not belong to it. */
  readonly strangers: readonly string[];
  /** What was wrong with the stored result. */
  readonly damage: string | undefined;
  /** Damaged or unreadable fingerprints of files outside the store; reported with the first step that needs them. */
  readonly forgotten: readonly CacheDamage[];
  /** Results from which rows may be taken, newest first. */
  readonly similar: readonly Action[];
}

export interface Planner {
  /** Looks up a step and explains why it is a hit or not. */
  plan(step: CheckedStep, inputs: readonly BoundInput[], force: boolean): Promise<Plan>;
  /** A step that waits for others. */
  pending(step: CheckedStep, waitsFor: readonly string[]): Promise<PlannedStep>;
  /** Cost of earlier executions of a step, in this or another pipeline; null where there are none. */
  expected(step: CheckedStep): Promise<PlannedStep['expected']>;
}

export interface PlannerOptions {
  readonly pipeline: CheckedPipeline;
  readonly store: Store;
  readonly program: ProgramOf;
  /** How many files are read at once. */
  readonly cores: number;
  /** Aborting it ends the reading of files. */
  readonly signal?: AbortSignal;
}

/** Number of earlier results to search for rows: the first may be damaged or collected. */
const MOST_SIMILAR = 16;

/** One for each run or plan: remembers what it has looked up. */
export function createPlanner({ pipeline, store, program, cores, signal }: PlannerOptions): Planner {
  const presents = new Map<string, Present>();
  const prints = new Map<string, Promise<Fingerprint>>();
  const followed = new Map<string, Promise<Reason[]>>();
  const companionsOf = openCompanions();
  let reading: Promise<Past> | undefined;
  let isUnreadableTold = false;
  const past = (): Promise<Past> => (reading ??= readPast(store));

  const printsOf = (paths: readonly string[], forgotten: CacheDamage[], parts?: FolderParts): Promise<Fingerprint[]> =>
    Promise.all(
      [...new Set(paths)].map(path => {
        const { fingerprints: cacheFolder, clock } = store;
        const onDamage = async (damage: CacheDamage): Promise<unknown> => {
          if (damage.isUnreadable !== true) {
            forgotten.push(damage);
            return quarantine(store, damage);
          }
          // All files of another user are so.
          if (!isUnreadableTold) forgotten.push(damage);
          isUnreadableTold = true;
          return undefined;
        };
        const common = { cacheFolder, concurrency: 2 * cores, clock, onDamage, ...(signal && { signal }) };
        const part = parts?.get(path);
        const id = JSON.stringify([path, part?.name]);
        const print = prints.get(id) ?? fingerprint(path, { ...common, part, within: pipeline.inputFolders });
        prints.set(id, print);
        return print;
      }),
    );

  const look = async (step: CheckedStep, forgotten: CacheDamage[]): Promise<Pick<Plan, 'named' | 'prints'>> => {
    const first = namedPaths(step);
    const own = await printsOf(
      first.map(({ path }) => path),
      forgotten,
      await folderParts(step, first),
    );
    // After the fingerprints, so that a file that changes in between is noticed before a result is kept.
    const named = namedPaths(step, companionsOf);
    const beside = named.flatMap(({ companions }) => companions.map(({ path }) => path));
    const known = new Set(own.map(({ path }) => path));
    return {
      named,
      prints: [
        ...own,
        ...(await printsOf(
          beside.filter(path => !known.has(path)),
          forgotten,
        )),
      ],
    };
  };

  async function plan(given: CheckedStep, inputs: readonly BoundInput[], force: boolean): Promise<Plan> {
    const step = { ...given, options: await settledOptions(given.stage, given.options, byPort(inputs)) };
    const forgotten: CacheDamage[] = [];
    const { named, prints: found } = await look(step, forgotten);
    const records = inputs.map(input => input.record);
    const { modules, runtime, texts, pictures } = program(step);
    const leaves = keyLeaves({
      step,
      inputs: records,
      externals: new Map(found.map(print => [print.path, print.digest])),
      named,
      program: programLeaves({ modules, runtime }),
    });
    const key = keyOf(leaves);
    const present: Present = { step, leaves, inputs: records, modules };
    presents.set(presentId(step.id, key), present);
    const lookup = await findArtifact(store, key);
    const common = { step, inputs, named, prints: found, forgotten, present, texts, pictures, key };
    if (lookup.found) {
      const { artifact } = lookup;
      const planned = hit(step, present, artifact.action, force);
      return { ...common, planned, artifact, strangers: lookup.strangers, damage: undefined, similar: [] };
    }
    const [planned, similar] = await miss(step, present, { key, damage: lookup.damage, force });
    return { ...common, planned, artifact: undefined, strangers: [], damage: lookup.damage, similar };
  }

  function hit(step: CheckedStep, { leaves }: Present, action: Action, force: boolean): PlannedStep {
    const because: Reason[] = force ? [said('force', 'forced')] : action.accepted ? [acceptance(action.accepted)] : [];
    const nearest = executionOf(action, leaves);
    return {
      ...about(step),
      state: force ? 'forced' : 'hit',
      key: action.key,
      because,
      nearest,
      saves: force ? null : action.seconds,
      expected: force ? { seconds: action.seconds, bytes: action.bytes, runs: 1 } : null,
    };
  }

  async function miss(
    step: CheckedStep,
    present: Present,
    { key, damage, force }: { readonly key: string; readonly damage: string | undefined; readonly force: boolean },
  ): Promise<[PlannedStep, Action[]]> {
    const { leaves } = present;
    const history = await past();
    const at = { pipeline: pipeline.name, step: step.id, stage: step.stage.name };
    const before = nearestTo(leaves, at, history);
    const scope = { store, past: history, presents, followed };
    const reasons = before === undefined ? [NEVER] : await reasonsFor(present, before, scope);
    // A forced step reuses nothing.
    const similar = force ? [] : rowsSimilarTo(leaves, at, step.stage.rowInputs ?? [], history).slice(0, MOST_SIMILAR);
    const resumes = hasCheckpoints(store, key);
    const wrong = damage ?? quarantinedResult(store, key);
    const because: Reason[] = [
      ...(resumes ? [said('checkpoint', 'resumes where an earlier attempt stopped')] : []),
      ...(wrong === undefined ? reasons : [said('store', `the stored artifact was damaged: ${wrong}`)]),
      // Nothing differs when the object of a finished action is gone.
      ...(reasons.length === 0 && wrong === undefined ? [said('store', 'its artifact is no longer in the store')] : []),
      ...(similar.length > 0
        ? [said('rows', `takes unchanged rows from ${similar[0]!.step} of run ${similar[0]!.run}`)]
        : []),
    ];
    const planned: PlannedStep = {
      ...about(step),
      state: resumes || similar.length > 0 ? 'partial' : 'miss',
      key,
      because,
      nearest: before === undefined ? null : executionOf(before, leaves),
      saves: null,
      expected: expectation(step, history),
    };
    return [planned, similar];
  }

  async function pending(step: CheckedStep, waitsFor: readonly string[]): Promise<PlannedStep> {
    const because = [{ ...said('inputs', `after ${waitsFor.join(', ')}`), chain: [step.id, ...waitsFor.slice(0, 1)] }];
    return {
      ...about(step),
      state: 'pending',
      key: null,
      because,
      nearest: null,
      saves: null,
      expected: expectation(step, await past()),
    };
  }

  /** The median of the latest executions of the same step, or of the stage anywhere. */
  function expectation(step: CheckedStep, history: Past): PlannedStep['expected'] {
    const all = history.of(step.stage.name);
    const own = all.filter(action => action.pipeline === pipeline.name && action.step === step.id);
    const chosen = (own.length > 0 ? own : all).slice(0, 5);
    if (chosen.length === 0) return null;
    return {
      seconds: median(chosen.map(action => action.seconds)),
      bytes: median(chosen.map(action => action.bytes)),
      runs: chosen.length,
    };
  }

  return { plan, pending, expected: async step => expectation(step, await past()) };
}

/** The inputs of each port, as a stage receives them. */
export function byPort(inputs: readonly BoundInput[]): Record<string, StageInput[]> {
  const ports: Record<string, StageInput[]> = {};
  for (const { record, input } of inputs) (ports[record.port] ??= []).push(input);
  return ports;
}

function about(step: CheckedStep): Pick<PlannedStep, 'stage' | 'uses' | 'needs'> {
  return { stage: step.id, uses: step.stage.name, needs: needsOf(step) };
}

function said(leaf: string, text: string): Reason {
  return { leaf, before: null, after: null, text, places: [], chain: [] };
}

function acceptance({ because, from }: NonNullable<Action['accepted']>): Reason {
  return said('accepted', `accepted from ${from.slice(0, 8)}: ${because}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
