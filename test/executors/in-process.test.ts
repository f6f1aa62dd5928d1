import { EXECUTORS } from '../../src/executors';
import { describeExecutor } from '../contracts/executor';

describeExecutor('in-process', EXECUTORS['in-process']);
