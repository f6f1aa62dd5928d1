import { serveStage } from '../../src/executors';
import { TOYS } from './toy-stages';

serveStage(TOYS);
