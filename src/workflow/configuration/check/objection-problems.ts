import { quote } from '../../../kit/text/quote';
import type { Pointer } from '../../../kit/schema-parts';
import type { AnyStage, Json } from '../../../stage';
import { notesOf } from '../compose/interpolate';
import type { StepSpec } from '../compose/step-spec';
import { partAt, type Located, type LocatedMap } from '../read/located';
import type { Problem } from '../read/problem';

interface Written {
  readonly values: LocatedMap;
  /** What they stand for, defaults filled in; right by the schema of the stage. */
  readonly options: Readonly<Record<string, Json>>;
}

/** What the stage objects to, at the options that it names, or at the step where the file has none of them. */
export function objectionProblems(step: StepSpec, stage: AnyStage, { values, options }: Written): Problem[] {
  const connected = connectedTo(step, stage);
  if (!stage.objections || !connected || isBroken(values)) return [];
  return stage.objections(options as never, connected).map(({ option, code, text }) => {
    const part = nearestPart(values, option);
    const message = `Cannot run ${quote(step.id)} (${stage.name}): ${text}`;
    return { code, message, span: part?.span ?? step.span, notes: notesOf(part?.origins) };
  });
}

/** How much the file connects to each port, whether it is there or not; undefined where a misspelt port may be any of them. */
function connectedTo({ in: block }: StepSpec, { inputs }: AnyStage): Record<string, number> | undefined {
  const written = [...block.entries];
  if (block.broken || written.some(([name, { value }]) => value.broken || !Object.hasOwn(inputs, name)))
    return undefined;
  return Object.fromEntries(written.map(([name, { value }]) => [name, sizeOf(value)]));
}

function sizeOf(value: Located): number {
  if (value.kind === 'scalar') return 1;
  return value.kind === 'list' ? value.items.length : value.entries.size;
}

function isBroken(value: Located): boolean {
  if (value.broken) return true;
  if (value.kind === 'scalar') return false;
  return value.kind === 'list'
    ? value.items.some(isBroken)
    : [...value.entries.values()].some(entry => isBroken(entry.value));
}

/** The option, or the innermost part around it that the file has. */
function nearestPart(values: LocatedMap, option: Pointer): Located | undefined {
  if (option.length === 0) return undefined;
  return partAt(values, option)?.value ?? nearestPart(values, option.slice(0, -1));
}
