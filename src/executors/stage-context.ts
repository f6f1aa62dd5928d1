import { join } from 'node:path';
import type { StageContext } from '../stage';
import type { StageRequest } from './executor';

/** What a stage gets to see of a request. */
export function stageContext(request: StageRequest, signal: AbortSignal): StageContext<never> {
  const { stage, options, inputs, folder, cores, engine } = request;
  const empty = Object.fromEntries(Object.keys(stage.inputs).map(port => [port, []]));
  return {
    // The schema of the stage has checked them.
    options: options as never,
    inputs: { ...empty, ...inputs },
    folder,
    output: port => {
      if (!Object.hasOwn(stage.outputs, port)) throw new Error(`Stage ${stage.name} has no output "${port}"`);
      return join(folder, port);
    },
    cores,
    engine,
    signal,
  };
}
