import { STAGES } from '../../../stages';
import { serveStage } from '../../workflow/executors';

/** `pipeline run-stage`: what the engine starts for each stage. Not for people. */
export function runStage(): void {
  serveStage(STAGES);
}
