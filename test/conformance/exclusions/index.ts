import type { EngineName } from '../../../src/learning/engines';
import type { Exclusion } from '../judge';
import { TENSORFLOW } from './tensorflow';
import { WEBGPU } from './webgpu';

/**
 * What each engine need not pass, with the reason; a list that is not empty has a file of its own here. Whatever is not listed has to
 * pass, and whatever is listed has to fail.
 */
export const EXCLUSIONS: Readonly<Record<EngineName, readonly Exclusion[]>> = {
  cpu: [],
  onednn: [],
  wasm: [],
  webgpu: WEBGPU,
  tensorflow: TENSORFLOW,
};
