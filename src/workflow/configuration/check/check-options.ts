import { partsOf } from '../../../kit/schema-parts';
import { quote } from '../../../kit/text/quote';
import { optionName } from '../../../kit/text/leaf-name';
import type { AnyStage, Json } from '../../../stage';
import { notesOf } from '../compose/interpolate';
import type { StepSpec } from '../compose/step-spec';
import { partAt, toRecord, type LocatedMap } from '../read/located';
import type { ReportProblem } from '../read/problem';
import { resolvePaths } from './check-paths';
import { objectionProblems } from './objection-problems';
import { optionProblems } from './option-problems';
import type { Roots } from './roots';
import { typedOptions } from './typed-options';
import { validatorOf } from './validator';

type Options = Record<string, Json>;

/** Lists whose items must differ are compared item by item. */
const MAX_UNIQUE_ITEMS = 256;

/**
 * The options of a stage: checked against its schema, defaults filled in, `input-path` options as absolute paths that exist in the
 * roots. They are fit for use only when nothing was reported.
 */
export function checkOptions(
  step: StepSpec,
  stage: AnyStage,
  given: LocatedMap,
  roots: Roots,
  report: ReportProblem,
): Options {
  const validate = validatorOf(stage);
  const values = typedOptions(given, stage, report);
  const options = toRecord(values);
  if (refusesLongLists(stage, values, options, report)) return options;
  if (validate(options)) objectionProblems(step, stage, { values, options }).forEach(report);
  else optionProblems(step, stage, values, validate.errors ?? []).forEach(report);
  resolvePaths(options, { step, stage, values, roots, report });
  return options;
}

function refusesLongLists(stage: AnyStage, values: LocatedMap, options: Options, report: ReportProblem): boolean {
  let refuses = false;
  for (const { pointer, schema, value } of partsOf(stage.options as never, options)) {
    if (schema['uniqueItems'] !== true || !Array.isArray(value) || value.length <= MAX_UNIQUE_ITEMS) continue;
    refuses = true;
    const message = `Cannot use option ${quote(optionName(pointer))} of ${stage.name}: found ${value.length} items, at most ${MAX_UNIQUE_ITEMS} are compared`;
    const part = partAt(values, pointer)!.value;
    report({ code: 'too-many-values', message, span: part.span, notes: notesOf(part.origins) });
  }
  return refuses;
}
