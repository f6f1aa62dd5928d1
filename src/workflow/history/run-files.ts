import { basename, join } from 'node:path';
import { thisProcess } from '../store/leases/process-identity';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import { sealedText } from '../../kit/files/sealed-json';
import { describeEnvironment } from './environment';
import type { GitState } from './git-state';
import type { QuietFolder } from './best-effort-folder';
import { redactJson } from './redact-json';
import { RUN_FORMAT, type RunRecord } from './run-record';

export const RUN_FILE = 'run.json';

/** The facts of a run that are known before it begins. */
export interface RunAbout {
  readonly pipeline: CheckedPipeline;
  /** The pipeline as one plain file, after everything was applied. */
  readonly resolved: string;
  /** As typed. */
  readonly command: readonly string[];
  /** Name of the training engine; empty when no stage uses one. */
  readonly engine: string;
  /** Of packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

type Redact = (text: string) => string;

/** The record of a run that begins now. */
export function recordOf(id: string, { pipeline, command, engine }: RunAbout, now: number): RunRecord {
  return {
    kind: 'fairdistill-run',
    format: RUN_FORMAT,
    id,
    pipeline: pipeline.name,
    file: pipeline.file,
    command,
    started: new Date(now).toISOString(),
    finished: null,
    outcome: 'running',
    exit: null,
    params: pipeline.params,
    profiles: pipeline.profiles,
    engine,
    process: thisProcess(),
    git: null,
    stages: [],
  };
}

export function writeRecord(folder: QuietFolder, record: RunRecord, redact: Redact): void {
  const { kind, outcome } = record;
  // The seal covers the redacted text; these two fields are ours and stay, whatever a secret looks like.
  folder.attempt(() => folder.replace(RUN_FILE, sealedText({ ...redactJson(record, redact), kind, outcome })));
}

/** The pipeline file as written and as resolved, and the environment. */
export function writeBeginning(folder: QuietFolder, about: RunAbout, redact: Redact): void {
  const [main, ...others] = about.pipeline.sources;
  folder.write('pipeline.source.yaml', redact(main?.text ?? ''));
  // Numbered, because two may have the same name in different folders.
  others.forEach(({ path, text }, index) =>
    folder.write(join('sources', `${index + 1}-${basename(path)}`), redact(text)),
  );
  folder.write('pipeline.resolved.yaml', redact(about.resolved));
  folder.write('environment.json', prettyJson(redactJson(describeEnvironment(about.pipeline, about), redact)));
}

export function writeGit(folder: QuietFolder, state: GitState | null, redact: Redact): void {
  if (state === null) return;
  const { diff, ...rest } = state;
  folder.write('git.json', prettyJson(redactJson(rest, redact)));
  if (diff !== '') folder.write('diff.patch', redact(diff));
}

export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 1) + '\n';
}
