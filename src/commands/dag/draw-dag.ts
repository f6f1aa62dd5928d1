import { pathToFileURL } from 'node:url';
import { namedObject, shownFolder } from '../../workflow/store';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { dag } from '.';
import type { PipelineChoice } from '../shared/open-pipeline';
import { lookAhead } from '../shared/look-ahead';
import { textWidth } from '../shared/text-width';

export interface DagCommandOptions extends PipelineChoice {
  readonly format: string;
  readonly cells?: boolean;
}

/** `pipeline dag`: the stages and what reads what, with their states. Returns the exit code. */
export async function dagCommand(options: DagCommandOptions, effects: Effects): Promise<number> {
  const { pipeline, planned, site } = await lookAhead(options, effects);
  const { store } = site;
  const states = new Map(planned.map(({ planned: step }) => [step.stage, step]));
  const linkOf = (stage: string): string | undefined =>
    namedObject(store, pipeline.name, stage) === undefined
      ? undefined
      : pathToFileURL(shownFolder(store, pipeline.name, stage)).href;
  const { out } = effects;
  out.write(dag(pipeline, states, options.format, { columns: textWidth(out), cells: options.cells === true, linkOf }));
  return EXIT.done;
}
