import { EXECUTORS } from '../../../src/workflow/executors';
import { describeExecutor } from '../../contracts/executor';

describeExecutor('in-process', EXECUTORS['in-process']);
