import { branchOf, itemsOf, memberOf, type Schema } from '../../../kit/schema-parts';
import type { AnyStage } from '../../../stage';
import { tagIn, type Located, type LocatedMap } from '../read/located';
import { warnOfLeadingZero } from '../read/parse';
import type { ReportProblem } from '../read/problem';

/** Options that came whole from the environment, where everything is text, as what the schema wants. */
export function typedOptions(values: LocatedMap, stage: AnyStage, report: ReportProblem): LocatedMap {
  return typed(values, stage.options as never, report) as LocatedMap;
}

function typed(value: Located, schema: Schema, report: ReportProblem): Located {
  if (value.kind === 'scalar') return value.untyped ? readAs(schema, value, report) : value;
  if (value.kind === 'list') {
    const items = itemsOf(schema);
    return { ...value, items: value.items.map(item => typed(item, items, report)) };
  }
  const branch = branchOf(schema, tagIn(value));
  const entries = [...value.entries].map(([name, entry]) => {
    const member = memberOf(branch, name);
    return [name, member ? { ...entry, value: typed(entry.value, member, report) } : entry] as const;
  });
  return { ...value, entries: new Map(entries) };
}

/** Numbers as `--set` takes them: those of YAML 1.2. */
function readAs({ type }: Schema, value: Located, report: ReportProblem): Located {
  const types = [type].flat();
  if (value.kind !== 'scalar' || types.includes('string') || types.includes(undefined)) return value;
  const text = String(value.value);
  const isNumber = /^([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+)$/i.test(text);
  if (isNumber && (types.includes('number') || types.includes('integer'))) {
    warnOfLeadingZero(text, value.span, report);
    return { ...value, value: Number(text) };
  }
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return { ...value, value: text === 'true' };
  return value;
}
