import { UserError } from '../../errors';

/**
 * What an executor errors with when a stage would run something else than its key says: `code-changed` when that was found before the work,
 * `code-changed-midway` after it, so that neither the result nor its checkpoints are worth anything. `what`: a module, or a leaf of the key.
 */
export function codeChanged(stage: string, what: string, when: 'before' | 'midway' = 'before'): UserError {
  return new UserError(
    `Cannot keep the result of stage "${stage}": ${what} changed during the run, by a build or an installation, so the key does not ` +
      'describe what ran; run the same command again (if this happens again, run `npm run build` first)',
    { code: when === 'before' ? 'code-changed' : 'code-changed-midway' },
  );
}

/** What an executor errors with when a stage has run a module that its key does not count, by the same code. */
export function codeNotCounted(stage: string, module: string): UserError {
  return new UserError(
    `Cannot keep the result of stage "${stage}": it ran ${module}, a member of a family of which its options name others, so the key does not ` +
      'count it; let an option name every member that the stage loads (memberOption in src/family.ts)',
    { code: 'code-changed-midway' },
  );
}
