import { UserError } from '../../errors';

/**
 * The error for a stage that would run other code than its key describes: `code-changed` when found before the work, `code-changed-midway` after it,
 * when the result and its checkpoints are useless. `what`: a module, or a leaf of the key.
 */
export function codeChanged(stage: string, what: string, when: 'before' | 'midway' = 'before'): UserError {
  return new UserError(
    `Cannot keep the result of stage "${stage}": ${what} changed during the run, by a build or an installation, so the key does not ` +
      'describe what ran; run the same command again (if this happens again, run `npm run build` first)',
    { code: when === 'before' ? 'code-changed' : 'code-changed-midway' },
  );
}

/** The error, with the same code, for a stage that has run a module that its key does not count. */
export function codeNotCounted(stage: string, module: string): UserError {
  return new UserError(
    `Cannot keep the result of stage "${stage}": it ran ${module}, a member of a family of which its options name others, so the key does not ` +
      'count it; let an option name every member that the stage loads (memberOption in src/family.ts)',
    { code: 'code-changed-midway' },
  );
}
