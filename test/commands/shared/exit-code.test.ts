import { describe, expect, test } from '@jest/globals';
import { exitCodeOf } from '../../../src/commands/shared/exit-code';
import { UserError } from '../../../src/errors';
import { recordingEffects } from '../../helpers/effects';

describe('exitCodeOf()', () => {
  test('tells what the user can mend, without what would act on a terminal or show other text than is there', () => {
    const { effects, err } = recordingEffects();
    const message = 'Cannot read \u001b[2Jphoto\u202egpj.exe: it is cut off;\nreplace it';
    expect(exitCodeOf(new UserError(message, { code: 'corrupt', exit: 6 }), effects)).toBe(6);
    expect(err()).toBe('Cannot read \ufffd[2Jphoto\ufffdgpj.exe: it is cut off;\nreplace it\n');
  });

  test('tells a defect with its stack, in the same way', () => {
    const { effects, err } = recordingEffects();
    expect(exitCodeOf(new TypeError('\u001b[31mx is not a function'), effects)).toBe(1);
    expect(err()).toMatch(/^This is a bug in fairdistill.*\nTypeError: \ufffd\[31mx is not a function\n/);
  });

  test('shows no megabytes: the beginning, and the end with what to do', () => {
    const { effects, err } = recordingEffects();
    exitCodeOf(new UserError(`Cannot read ${'x'.repeat(5_000_000)}; mend it`, { code: 'corrupt' }), effects);
    expect(err().length).toBeLessThan(23_000);
    expect(err()).toMatch(/^Cannot read x+… \[\d+ characters are left out\] …x+; mend it\n$/);
  });
});
