import { relative, resolve } from 'node:path';
import { STAGES } from '../../../stages';
import type { CheckedPipeline } from '../../workflow/configuration/checked-pipeline';
import { printDiagnostics, type Diagnostic } from '../../workflow/configuration/read/diagnostics';
import { realDisk } from '../../workflow/configuration/read/disk';
import { loadPipeline } from '../../workflow/configuration/load';
import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';
import { ENGINE_CHOICES } from './engine-choices';
import { findPipeline, onlyPipeline } from './find-pipeline';

/** The pipeline of a command, and the changes applied to its file. */
export interface PipelineChoice {
  /** By default, that of the latest run, or the only one. */
  readonly file?: string | undefined;
  readonly set?: Readonly<Record<string, string>>;
  readonly profile?: readonly string[];
  /** By default, that of the pipeline file, or `auto`. */
  readonly engine?: string;
  /** Folder of results, as typed. */
  readonly artifacts: string;
}

/** Reads and checks a pipeline. Throws UserError `pipeline-not-found`, or `bad-pipeline` with every mistake and its place. */
export async function openPipeline(choice: PipelineChoice, effects: Effects): Promise<CheckedPipeline> {
  const { cwd, env } = effects;
  const file = choice.file === undefined ? await usualPipeline(choice, cwd) : findPipeline(choice.file, cwd);
  const { set = {}, profile: profiles = [] } = choice;
  const loaded = loadPipeline({
    file,
    stages: STAGES,
    engines: ENGINE_CHOICES,
    set,
    profiles,
    env,
    cwd,
    disk: realDisk,
  });
  const print = (diagnostics: readonly Diagnostic[]): string =>
    printDiagnostics(diagnostics, path => relative(cwd, path));
  if (loaded.ok) {
    if (loaded.warnings.length > 0) effects.err.write(`Warning: ${print(loaded.warnings)}`);
    return loaded.pipeline;
  }
  const text = print(loaded.diagnostics);
  throw new UserError(text.replace(/\n$/, ''), { code: 'bad-pipeline', exit: EXIT.configuration });
}

/** The pipeline of the latest run in these artifacts, or the only one that there is. */
async function usualPipeline({ artifacts }: PipelineChoice, cwd: string): Promise<string> {
  const { listRuns } = await import('../../workflow/history/read-runs');
  const [latest] = await listRuns(resolve(cwd, artifacts));
  return latest === undefined ? onlyPipeline(cwd) : findPipeline(latest.file, cwd);
}
