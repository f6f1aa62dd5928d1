import { join } from 'node:path';
import type { Checkpoints, StageContext, StageInput } from '../../stage';
import { splitPort } from '../../kit/text/port-names';
import type { StageRequest } from './executor';

/** What a stage gets to see of a request. */
export function stageContext(request: StageRequest, signal: AbortSignal): StageContext<never> {
  const { stage, options, inputs, folder, cores, engine } = request;
  const ports = Object.entries(stage.inputs);
  const empty = Object.fromEntries(ports.flatMap(([port, { named }]) => (named === true ? [] : [[port, []]])));
  const lists = Object.entries(inputs).filter(([called]) => splitPort(called)[1] === undefined);
  return {
    // The schema of the stage has checked them.
    options: options as never,
    inputs: { ...empty, ...Object.fromEntries(lists) },
    named: Object.fromEntries(
      ports.flatMap(([port, { named }]) => (named === true ? [[port, underNames(port, inputs)]] : [])),
    ),
    folder,
    output: port => {
      if (!Object.hasOwn(stage.outputs, port)) throw new Error(`Stage ${stage.name} has no output "${port}"`);
      return join(folder, port);
    },
    cores,
    engine,
    earlier: request.earlier.map(earlier => ({ folder: earlier, output: port => join(earlier, port) })),
    checkpoints: checkpointsIn(request.checkpoints),
    signal,
  };
}

/** Sorted, as the key has them: the order in which a file names them means nothing. */
function underNames(port: string, inputs: StageRequest['inputs']): Record<string, readonly StageInput[]> {
  const named = Object.entries(inputs).flatMap(([called, list]) => {
    const [own, name] = splitPort(called);
    return own === port && name !== undefined ? [[name, list] as const] : [];
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What may be lost by a kill, but for the time that the first steps take. */
const DUE_AFTER_MS = 30_000;

function checkpointsIn(folder: string): Checkpoints {
  let last = performance.now();
  return {
    folder,
    isDue: () => performance.now() - last >= DUE_AFTER_MS,
    saved: () => void (last = performance.now()),
  };
}
