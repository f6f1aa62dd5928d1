import { join } from 'node:path';
import type { Checkpoints, StageContext } from '../../stage';
import { viewInputs } from '../../stage-inputs';
import type { StageRequest } from './executor';

/** The part of a request that a stage sees. */
export function stageContext(request: StageRequest, signal: AbortSignal): StageContext<never, never> {
  const { stage, options, inputs, folder, cores, engine } = request;
  return {
    // The schema of the stage has checked them.
    options: options as never,
    inputs: viewInputs(stage.inputs, inputs),
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

/** Seconds of work that a kill may lose. */
const DUE_AFTER_MS = 30_000;

function checkpointsIn(folder: string): Checkpoints {
  let last = performance.now();
  return {
    folder,
    isDue: () => performance.now() - last >= DUE_AFTER_MS,
    saved: () => void (last = performance.now()),
  };
}
