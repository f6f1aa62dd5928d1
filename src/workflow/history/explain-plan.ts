import { relative } from 'node:path';
import type { Place } from '../configuration/checked-pipeline';
import type { PlannedStep, Reason } from '../plan/planned-step';

const STATES: Readonly<Record<PlannedStep['state'], string>> = {
  hit: 'had a result already',
  partial: 'had to run, but could reuse part of earlier work',
  miss: 'had to run',
  forced: 'had a result, but was forced to run again',
  pending: 'waited for stages before it',
};

/** Why a stage was reused or ran, for people who read it long after: `stages/<stage>/explain.txt` of a run. */
export function explainPlan({ stage, uses, state, key, because, nearest }: PlannedStep): string {
  const lines = [`${stage} (${uses}) ${STATES[state]}`, `key ${key ?? 'not known yet'}`];
  if (nearest !== null) {
    const { run, pipeline, step, finished, differing, leaves } = nearest;
    const likeness = state === 'hit' ? '' : `; ${differing} of ${leaves} parts of the key differ`;
    lines.push(`nearest earlier execution: ${step} of ${pipeline} in run ${run}, finished ${finished}${likeness}`);
  }
  return [...lines, ...because.map(reason => `  ${reasonLine(reason)}`), ''].join('\n');
}

/** One line: what changed, where it is written, and through which stages it got here. */
export function reasonLine({ text, places, chain }: Reason, cwd?: string): string {
  const [place] = places;
  // The last of the chain says what changed at the root; the first is the stage itself.
  const way = chain.length > 2 ? `  (${chain.slice(1).join(' ← ')})` : '';
  return `${text}${way}${place === undefined ? '' : `  ${placeText(place, cwd)}`}`;
}

/** `kd.yaml:41:13`, or the argument. */
export function placeText({ file, line, column, text }: Place, cwd?: string): string {
  if (line === 0) return text;
  const short = cwd === undefined ? file : relative(cwd, file);
  return `${short !== '' && short.length < file.length ? short : file}:${line}:${column}`;
}
