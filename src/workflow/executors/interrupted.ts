import { EXIT, UserError } from '../../errors';

/** The error of an executor that was asked to stop. */
export function interrupted(stage: string): UserError {
  return new UserError(`Stage "${stage}" was interrupted`, { code: 'interrupted', exit: EXIT.interrupted });
}
