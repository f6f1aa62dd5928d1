import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { validatorOf } from '../../src/workflow/configuration/check/validator';
import { STAGES } from '../../stages';

describe('STAGES', () => {
  test.each(Object.entries(STAGES))(
    '%s: its options are a JSON schema that ajv takes, every one described',
    (name, stage) => {
      expect(stage.name).toBe(name);
      const ajv = new Ajv({
        strict: true,
        allowUnionTypes: true,
        strictRequired: false,
        formats: { 'input-path': true },
      });
      expect([ajv.validateSchema(stage.options), ajv.errorsText()]).toEqual([true, 'No errors']);
      for (const [option, { description }] of Object.entries(stage.options.properties)) {
        expect([option, description.length > 0]).toEqual([option, true]);
      }
      // Or a path, a secret or a member would be overlooked.
      expect(validatorOf(stage)).toBeInstanceOf(Function);
    },
  );
});
