import type { EngineReport, FoundEngine } from '../../learning/engines/find-engine';
import { formatBytes, plural } from '../../kit/text/human';
import type { Machine } from '../shared/describe-machine';

/** What `pipeline doctor` found. */
export interface Diagnosis {
  readonly version: string;
  readonly machine: Machine;
  /** In the order of the list of engines. */
  readonly engines: readonly EngineReport[];
  readonly auto: FoundEngine;
}

/** A diagnosis for people. */
export function doctorText({ version, machine, engines, auto }: Diagnosis): string {
  return [
    `fairdistill ${version}, Node ${machine.node.slice(1)}, ${machine.platform}`,
    `${plural(machine.cores, 'core')} of ${machine.cpu}, ${formatBytes(machine.memory)} of memory`,
    ...(machine.vectors ? [`Vector extensions: ${machine.vectors.join(', ') || 'none of use here'}`] : []),
    '',
    ...engines.flatMap(engineLines),
    `--engine auto selects ${auto.name}: ${auto.detail}`,
    '',
  ].join('\n');
}

function engineLines({ name, summary, usable, gpu, found, missing, enable }: EngineReport): string[] {
  const state = usable ? (gpu === true ? 'usable, on a GPU' : 'usable') : 'not usable';
  return [
    `${name}: ${state} (${summary})`,
    `  found    ${found}`,
    ...(missing === undefined ? [] : [`  missing  ${missing}`]),
    ...(enable === undefined ? [] : [`  enable   ${enable}`]),
    '',
  ];
}
