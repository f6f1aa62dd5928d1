import { resolve } from 'node:path';
import type { Pointer } from '../../../kit/schema-parts';
import { quote } from '../../../kit/text/quote';
import type { AnyStage, Json } from '../../../stage';
import { pathOptions, type PathOption } from '../../inputs/path-options';
import { notesOf } from '../compose/interpolate';
import type { StepSpec } from '../compose/step-spec';
import { partAt, type LocatedMap } from '../read/located';
import type { ReportProblem } from '../read/problem';
import { companionMistakes } from './check-companions';
import { clipped, type Roots } from './roots';

export interface PathContext {
  readonly step: StepSpec;
  readonly stage: AnyStage;
  /** As they are written. */
  readonly values: LocatedMap;
  readonly roots: Roots;
  readonly report: ReportProblem;
}

/** Makes the paths in options absolute, wherever they are, and reports those that are missing or outside the roots. */
export function resolvePaths(options: Record<string, Json>, context: PathContext): void {
  for (const option of pathOptions({ stage: context.stage, options })) {
    setAt(options, option.pointer, resolvePath(option, context));
  }
}

function resolvePath(
  { pointer, option, name, path: value }: PathOption,
  { step, stage, values, roots, report }: PathContext,
): string {
  const part = partAt(values, pointer);
  // '' as a default means that there is none.
  if (value === '' && part === undefined) return value;
  const path = resolve(roots.cwd, value);
  const refusal = value === '' ? ({ code: 'missing-path', reason: '' } as const) : roots.refuse(path);
  const span = part?.value.span ?? (step.with.entries.size > 0 ? values.span : step.span);
  const notes = notesOf(part?.value.origins);
  if (!refusal) {
    const mistakes = companionMistakes(roots, stage, { option, name, path, written: value });
    for (const mistake of mistakes) report({ ...mistake, span, notes });
    return path;
  }
  const where = path === value ? '' : ` (relative to ${clipped(roots.cwd)})`;
  const isMissing = refusal.code === 'missing-path';
  const problem = value === '' ? 'the path is empty' : `${clipped(path)} ${refusal.reason}${isMissing ? where : ''}`;
  const verb = isMissing ? 'find' : 'use';
  report({
    code: refusal.code,
    message: `Cannot ${verb} ${quote(value)}, option ${quote(name)} of ${stage.name}: ${problem}`,
    span,
    notes,
  });
  return path;
}

/** Replaces a value that is there. */
function setAt(root: Record<string, Json>, pointer: Pointer, value: Json): void {
  let parent = root as Record<string | number, Json>;
  for (const step of pointer.slice(0, -1)) parent = parent[step] as unknown as Record<string | number, Json>;
  parent[pointer.at(-1)!] = value;
}
