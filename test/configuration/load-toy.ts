import type { CheckedPipeline } from '../../src/configuration/checked-pipeline';
import { printDiagnostics, type Diagnostic } from '../../src/configuration/diagnostics';
import { loadPipeline, type LoadOptions } from '../../src/configuration/load';
import { TOY_STAGES } from './toy-stages';

type Rest = Partial<Omit<LoadOptions, 'text'>>;

/** Loads a text with the toy stages, in a folder where everything exists but what has `missing` in its name. */
export function loadToy(text: string, rest: Rest = {}) {
  const exists = (path: string) => !path.includes('missing');
  const stages = TOY_STAGES;
  const engines = ['auto', 'wasm'];
  return loadPipeline({ file: 'toy.yaml', text, stages, engines, set: {}, cwd: '/proj/here', exists, ...rest });
}

/** The pipeline of a text that must be right. */
export function accepted(text: string, rest: Rest = {}): CheckedPipeline {
  const result = loadToy(text, rest);
  if (!result.ok) throw new Error(printDiagnostics(result.diagnostics, { file: 'toy.yaml', text }));
  return result.pipeline;
}

/** The mistakes of a text that must be wrong. */
export function refused(text: string, rest: Rest = {}): readonly Diagnostic[] {
  const result = loadToy(text, rest);
  if (result.ok) throw new Error('the text was accepted');
  return result.diagnostics;
}
