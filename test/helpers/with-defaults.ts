import type { Stage } from '../../src/stage';
import { validatorOf } from '../../src/workflow/configuration/check/validator';

/** Options of a stage as the engine hands them over: checked, defaults filled in. */
export function withDefaults<Options>(stage: Stage<Options>, options: Partial<Options>): Options {
  const copy = structuredClone(options);
  const validate = validatorOf(stage as never);
  if (!validate(copy as never)) throw new TypeError(JSON.stringify(validate.errors));
  return copy as Options;
}
