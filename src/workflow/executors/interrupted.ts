import { EXIT, UserError } from '../../errors';

/** What an executor errors with when it was asked to stop. */
export function interrupted(stage: string): UserError {
  return new UserError(`Stage "${stage}" was interrupted`, { code: 'interrupted', exit: EXIT.interrupted });
}
