import type { ErrorCode } from '../../error-codes';
import { UserError, messageOf } from '../../errors';
import { errnoOf } from '../../kit/files/errno';
import type { Texts } from '../../kit/loaded-code';
import type { DrawEvent, DrawRequest, StageRequest, WorkEvent } from './executor';

/** Messages from the engine to the process of a stage. */
export type ToChild =
  | { readonly type: 'run'; readonly request: ByName<StageRequest> }
  | { readonly type: 'draw'; readonly request: ByName<DrawRequest> }
  | { readonly type: 'stop' };

/** A request on its way to another process, which has the stages. */
export type ByName<Request> = Omit<Request, 'stage'> & { readonly stage: string };

/** Messages from the process of a stage to the engine. */
export type FromChild =
  | { readonly type: 'event'; readonly event: WorkEvent | DrawEvent }
  /** `loaded`: the modules that the stage has run. */
  | { readonly type: 'completed'; readonly loaded: Texts }
  | { readonly type: 'failed'; readonly error: ErrorData };

/** An error on its way between two processes. */
export interface ErrorData {
  readonly message: string;
  readonly stack?: string;
  /** Of a `UserError`. */
  readonly user?: { readonly code: ErrorCode; readonly exit: number; readonly item?: string | undefined };
  /** Of a system error. */
  readonly system?: { readonly code: string; readonly path?: string };
}

export function toErrorData(error: unknown): ErrorData {
  const message = messageOf(error);
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof UserError)
    return { message, stack, user: { code: error.code, exit: error.exit, item: error.item } };
  const code = errnoOf(error);
  return { message, stack, system: code === undefined ? undefined : { code, path: pathOf(error) } };
}

export function fromErrorData(data: ErrorData): Error {
  const error = data.user === undefined ? new Error(data.message) : new UserError(data.message, data.user);
  if (data.stack !== undefined) error.stack = data.stack;
  return Object.assign(error, data.system);
}

function pathOf(error: unknown): string | undefined {
  const path = (error as { path?: unknown }).path;
  return typeof path === 'string' ? path : undefined;
}
