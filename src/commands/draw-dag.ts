import { pathToFileURL } from 'node:url';
import { namedObject, shownFolder } from '../artifacts/names';
import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { dag } from './dag';
import type { PipelineChoice } from './open-pipeline';
import { lookAhead } from './plan';
import { roomOf } from './room';

export interface DagCommandOptions extends PipelineChoice {
  readonly format: string;
  readonly cells?: boolean;
}

/** `pipeline dag`: the stages and what reads what, with their states. Returns the exit code. */
export async function dagCommand(options: DagCommandOptions, effects: Effects): Promise<number> {
  const { pipeline, planned, workshop } = await lookAhead(options, effects);
  const { store } = workshop;
  const states = new Map(planned.map(({ planned: step }) => [step.stage, step]));
  const linkOf = (stage: string): string | undefined =>
    namedObject(store, pipeline.name, stage) === undefined
      ? undefined
      : pathToFileURL(shownFolder(store, pipeline.name, stage)).href;
  const { out } = effects;
  out.write(dag(pipeline, states, options.format, { columns: roomOf(out), cells: options.cells === true, linkOf }));
  return EXIT.done;
}
