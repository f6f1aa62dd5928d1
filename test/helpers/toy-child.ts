import { serveStage } from '../../src/workflow/executors/serve-stage';
import { TOYS } from './toy-stages';

serveStage(TOYS);
