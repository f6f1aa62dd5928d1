import { serveStage } from '../../src/workflow/executors';
import { TOYS } from './toy-stages';

serveStage(TOYS);
