import Ajv, { type ValidateFunction } from 'ajv';
import { schemaPlaces, strayMarks } from '../../../kit/schema-places';
import { AUTO } from '../../../family';
import type { AnyStage, Json, OptionSchema } from '../../../stage';

/**
 * One for all stages. The schemas themselves are not checked against the meta-schema, which costs a third of a second in every run;
 * a test does that.
 */
const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  // Of the branches of a choice, only the one that the tag names is checked: its defaults are filled in, its mistakes reported.
  discriminator: true,
  // A misspelt keyword in a schema of ours is a defect, not something to be passed over.
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  meta: false,
  validateSchema: false,
  formats: { 'input-path': true, secret: true },
  // Whose members an option names: for the key, see named-members.ts.
  keywords: ['family'],
});
const validators = new WeakMap<AnyStage, ValidateFunction<Record<string, Json>>>();

/**
 * What checks the options of a stage and fills in their defaults. Throws TypeError for a stage whose schema would hide a path, a secret or the
 * name of a member, and for one that knows something about an option that it does not have.
 */
export function validatorOf(stage: AnyStage): ValidateFunction<Record<string, Json>> {
  const known = validators.get(stage);
  if (known) return known;
  refuseHidden(stage);
  const validate = ajv.compile<Record<string, Json>>(stage.options);
  validators.set(stage, validate);
  return validate;
}

function refuseHidden({ name, options, companions, reads, chooses = {} }: AnyStage): void {
  const strays = strayMarks(options as never, ['input-path', 'secret']);
  if (strays.length > 0)
    throw new TypeError(`Options of ${name} are not found where their schema has them: ${strays.join(', ')}`);
  const paths = [...schemaPlaces(options as never)].filter(({ schema }) => schema['format'] === 'input-path');
  const known = new Set(paths.map(({ place }) => place.replace(/(\[\])+$/, '')));
  const unknown = Object.keys({ ...companions, ...reads }).filter(option => !known.has(option));
  if (unknown.length > 0)
    throw new TypeError(`No path is an option ${unknown.join(', ')} of ${name}, which knows something about it`);
  const fixed = Object.keys(chooses).filter(option => !mayBeAuto(options.properties[option]));
  if (fixed.length > 0)
    throw new TypeError(`No option ${fixed.join(', ')} of ${name}, which chooses it, may be ${AUTO}`);
}

function mayBeAuto(option: OptionSchema | undefined): boolean {
  const values = option?.['enum'];
  return Array.isArray(values) && values.includes(AUTO);
}
