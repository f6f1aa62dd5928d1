import { STAGES } from '../../../stages';
import { own } from '../../kit/own';
import { programsOf, thisRuntime } from '../../workflow/keys/runtime-leaves';
import { loadStageCode } from './load-stage-code';

/** Digest of the code that draws the pictures of a stage now; undefined for a stage without pictures, and without a build. */
export function drawnBy(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const stage = own(STAGES, name);
  if (stage?.pictures === undefined) return undefined;
  try {
    // Pictures are the same for every step of a stage.
    const step = { stage, options: {}, resources: {} };
    return programsOf(loadStageCode(), { cores: 1 }, thisRuntime(env))(step).pictures?.digest;
  } catch {
    return undefined;
  }
}
