import { STAGES } from '../../../stages';
import { serveStage } from '../../workflow/executors/serve-stage';

/** `pipeline run-stage`: what the engine starts for each stage. Not for people. */
export function runStage(): void {
  serveStage(STAGES);
}
