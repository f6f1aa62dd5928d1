import { plural } from '../../kit/text/human';
import { UserError, messageOf } from '../../errors';
import { codeChanged } from '../executors/code-changed';
import type { DrawnPicture } from '../executors/executor';
import type { PicturesProgram } from '../keys/program';
import type { Plan } from '../plan/planner';
import { asStorageError, beginPictures, keepPictures, readPictures, removeQuietly, type Artifact } from '../store';
import { limits } from './limits';
import type { RunScope } from './run-scope';
import type { Grant } from './slots';

/** In seconds, for a step without a timeout of its own: nobody should have to wait longer for what is only to be looked at. */
const LONGEST_S = 600;

export interface DrawMode {
  readonly grant: Grant;
  /** The result was there before this run. */
  readonly reused: boolean;
}

/**
 * Draws the pictures of a finished artifact, unless this very code has drawn those that are there. Resolves also after a failure, which is reported
 * once: the result is complete without them, and the next run tries again.
 */
export function drawPictures(plan: Plan, artifact: Artifact, scope: RunScope, mode: DrawMode): Promise<void> {
  const { pictures } = plan;
  if (pictures === undefined || scope.signal.aborted) return Promise.resolve();
  const { object } = artifact.action;
  // Steps with equal results have one artifact, and one set of pictures.
  const begun = scope.drawing.get(object) ?? drawOnce({ plan, pictures, artifact, mode }, scope);
  scope.drawing.set(object, begun);
  return begun;
}

interface Drawing {
  readonly plan: Plan;
  readonly pictures: PicturesProgram;
  readonly artifact: Artifact;
  readonly mode: DrawMode;
}

async function drawOnce(drawing: Drawing, scope: RunScope): Promise<void> {
  const { plan, pictures, artifact, mode } = drawing;
  const { signal, emit, redact, store } = scope;
  const stage = plan.step.id;
  const before = readPictures(artifact.folder);
  // Pictures of an executed stage are drawn again even if an equal result existed: --force remakes all of it.
  if (before?.code === pictures.digest && mode.reused) return;
  let count: number;
  try {
    count = await drawAnew(drawing, scope);
  } catch (error) {
    // An interrupted run has not failed to draw.
    if (signal.aborted) return;
    const why = redact(messageOf(asStorageError(error, store.root)));
    const text = `its pictures were not drawn (${why}); the result is complete without them, and the next run draws them`;
    emit({ type: 'stage-log', stage, level: 'warn', text });
    return;
  }
  if (!mode.reused) return;
  const text = `pictures ${before === undefined ? 'drawn' : 'redrawn'}: ${plural(count, 'file')}`;
  emit({ type: 'stage-log', stage, level: 'info', text });
}

/** Resolves to how many there are. */
async function drawAnew({ plan, pictures, artifact, mode }: Drawing, scope: RunScope): Promise<number> {
  const { step } = plan;
  const folder = await beginPictures(scope.store, artifact);
  try {
    const drawn = await work({ plan, pictures, artifact, mode, folder }, scope);
    // A package may have been exchanged meanwhile; of the modules the executor knows.
    const now = scope.programNow?.()(step).pictures?.digest;
    if (scope.programNow !== undefined && now !== pictures.digest)
      throw codeChanged(step.stage.name, 'a package', 'midway');
    await keepPictures(scope.store, artifact, folder, { code: pictures.digest, pictures: drawn });
    return drawn.length;
  } finally {
    await removeQuietly(folder);
  }
}

async function work(
  { plan: { step }, pictures, artifact, mode, folder }: Drawing & { readonly folder: string },
  scope: RunScope,
): Promise<DrawnPicture[]> {
  const drawn: DrawnPicture[] = [];
  const limit = limits(scope.signal, step.timeout ?? LONGEST_S, () => tooLong(step.timeout ?? LONGEST_S));
  const request = {
    stage: step.stage,
    artifact: artifact.folder,
    folder,
    cores: mode.grant.cores,
    env: step.env,
    memoryLimit: step.limits.memory,
    texts: pictures.texts,
  };
  try {
    await scope.executor.draw(request, limit.signal).forEach(event => {
      try {
        if (event.type === 'output') scope.run.notes.output(step.id, scope.redact(event.text));
        if (event.type !== 'picture') return;
        const { file, caption, bytes, sha256 } = event;
        drawn.push({ file, caption: scope.redact(caption), bytes, sha256 });
      } catch (error) {
        limit.end(error);
      }
    });
  } catch (error) {
    throw limit.reason() ?? error;
  } finally {
    limit.clear();
  }
  if (limit.reason() !== undefined) throw limit.reason();
  return drawn;
}

function tooLong(seconds: number): UserError {
  return new UserError(`drawing took longer than ${seconds} s and was ended`, { code: 'stage-timeout' });
}
