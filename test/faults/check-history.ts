import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareRuns } from '../../src/workflow/history/compare';
import { compareText } from '../../src/workflow/history/compare-text';
import { listRuns, readRun, stateOf } from '../../src/workflow/history/read-runs';
import { runsText } from '../../src/workflow/history/runs-text';
import type { RunEvent } from '../../src/workflow/run/events';

/** What `runs`, `compare` and `status` stumble over, in words. */
export async function readHistory(root: string): Promise<string[]> {
  const wrong: string[] = [];
  const runs = await listRuns(root, text => wrong.push(text));
  runsText(runs, { now: Date.now(), columns: 80 });
  if (runs.length > 0) compareText(compareRuns(runs), { onlyChanged: false, columns: 80 });
  const going = runs.filter(run => stateOf(run, Date.now()) === 'running' && run.process.pid !== process.pid);
  return [...wrong, ...going.map(({ id }) => `run ${id} seems to go on`)];
}

/** What is missing in the history of a run that came to its end, in words. */
export function gapsIn(runFolder: string, events: readonly RunEvent[]): string[] {
  const record = readRun(runFolder);
  if (typeof record === 'string') return [record];
  const executed = events.flatMap(event => (event.type === 'stage-finished' ? [event.stage] : []));
  const { outcome, exit, finished, stages } = record;
  const last = readFileSync(join(runFolder, 'events.jsonl'), 'utf8').trimEnd().split('\n').map(parse).at(-1);
  const files = [
    ...['report.html', 'pipeline.source.yaml', 'pipeline.resolved.yaml', 'environment.json'],
    ...stages.flatMap(({ stage }) => ['key.json', 'explain.txt', 'out'].map(name => join('stages', stage, name))),
    ...(executed.includes('b') ? [join('stages', 'b', 'log.txt'), join('tensorboard', 'b')] : []),
  ];
  return [
    ...(outcome === 'done' && exit === 0 && finished !== null && stages.length === 4 ? [] : [JSON.stringify(record)]),
    ...(last?.type === 'run-finished' ? [] : [`the last event is ${JSON.stringify(last)}`]),
    ...files.filter(file => !existsSync(join(runFolder, file))).map(file => `${file} is missing`),
    ...readdirSync(runFolder).filter(name => name.endsWith('.tmp')),
  ];
}

function parse(line: string): Partial<RunEvent> {
  return JSON.parse(line) as RunEvent;
}
