import { UserError } from '../errors';

/** What an executor errors with when a stage runs something else than its key says. `what`: a module, or a leaf of the key. */
export function codeChanged(stage: string, what: string): UserError {
  return new UserError(
    `Cannot keep the result of stage "${stage}": ${what} changed while the run was going on, by a build or an installation, so the key stands ` +
      'for something else than was run; run the same command again (if it says this again, run `npm run build` first)',
    { code: 'code-changed' },
  );
}
