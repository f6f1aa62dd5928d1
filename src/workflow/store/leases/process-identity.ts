import { hostname } from 'node:os';
import { sha256Text } from '../../../kit/files/sha256';
import { systemFacts, type ProcessFacts } from './process-facts';

/** A process, so that no other one is taken for it. */
export interface ProcessIdentity {
  /** For people: several machines and containers may have one name, and a machine may change it. */
  readonly host: string;
  readonly pid: number;
  /** Start time in words of the system; null where it does not say. */
  readonly started: string | null;
  /** Changes with every start of the machine; null or absent where the system does not say. */
  readonly boot?: string | null;
  /** In which the process number counts; null or absent where the system does not say. */
  readonly namespace?: string | null;
}

/**
 * What can be said of a process from here. `unknown`: it may run on another machine or in another container, or the system hides it. Then only its
 * signs of life count.
 */
export type Verdict = 'alive' | 'dead' | 'unknown';

/** This process. */
export function thisProcess(): Required<ProcessIdentity> {
  return (self ??= identityOf(facts()));
}

/** Whether a process runs, as far as nothing can be mistaken. */
export function judgeProcess(
  { pid, started, boot, namespace }: ProcessIdentity,
  here: ProcessFacts = facts(),
): Verdict {
  const isHere = isKnown(here) && boot === here.boot && namespace === here.namespace;
  if (!isHere) return 'unknown';
  // Zero and negative numbers mean groups to kill(2).
  if (!Number.isInteger(pid) || pid <= 0) return 'dead';
  const found = here.look(pid);
  if (found === 'gone') return 'dead';
  if (found === 'hidden' || started === null) return 'unknown';
  return found.started === started ? 'alive' : 'dead';
}

/** Whether it is this very process. */
export function isThisProcess({ host, pid, started, boot, namespace }: ProcessIdentity): boolean {
  const here = thisProcess();
  const isSame = host === here.host && pid === here.pid && started === here.started;
  return isSame && isKnown(here) && boot === here.boot && namespace === here.namespace;
}

/** Ten hexadecimal digits for all processes whose numbers can be compared with ours, and for no others. */
export function placeTag(): string {
  const { host, boot, namespace } = thisProcess();
  return sha256Text(JSON.stringify(isKnown({ boot, namespace }) ? [boot, namespace] : [host])).slice(0, 10);
}

/**
 * What is said of the process with this number in the place of a tag. Of one that runs here no more is known than that; it is taken for the
 * one that is meant, because nothing is lost by that but space.
 */
export function judgeByName(tag: string, pid: number, here: ProcessFacts = facts()): Verdict {
  if (tag !== placeTag() || !isKnown(here)) return 'unknown';
  return here.look(pid) === 'gone' ? 'dead' : 'alive';
}

let [self, system]: [Required<ProcessIdentity> | undefined, ProcessFacts | undefined] = [undefined, undefined];

/** Read once: they do not change while a process lives. */
function facts(): ProcessFacts {
  return (system ??= systemFacts());
}

function identityOf({ started, boot, namespace }: ProcessFacts): Required<ProcessIdentity> {
  return { host: hostname(), pid: process.pid, started, boot, namespace };
}

function isKnown({ boot, namespace }: Pick<ProcessFacts, 'boot' | 'namespace'>): boolean {
  return boot !== null && namespace !== null;
}
