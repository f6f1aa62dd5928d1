import type { Stage } from '../../src/stage';
import { validatorOf } from '../../src/workflow/configuration/check/validator';

/** Options of a stage as the engine hands them over: checked, defaults filled in. */
export function withDefaults<Options>(stage: Stage<Options>, options: Partial<Options>): Options {
  const copy: unknown = structuredClone(options);
  const validate = validatorOf(stage);
  if (!validate(copy)) throw new TypeError(JSON.stringify(validate.errors));
  return copy as Options;
}
