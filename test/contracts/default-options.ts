import Ajv from 'ajv';
import { object } from '../../src/kit/options';
import type { MapOption } from '../../src/kit/option-types';

/** What a member's options are where nothing is said of them: every one must have a default. */
export function defaultOptions<O>(options: MapOption<O>): O {
  const filled: { member?: O } = {};
  const ajv = new Ajv({ discriminator: true, useDefaults: true, allowUnionTypes: true, keywords: ['family'] });
  if (!ajv.validate(object('Options', { member: { ...options, default: {} } }), filled)) {
    throw new Error(`No default of every option: ${ajv.errorsText()}`);
  }
  return filled.member!;
}
