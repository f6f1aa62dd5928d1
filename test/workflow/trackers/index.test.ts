import { TRACKERS } from '../../../src/workflow/trackers';
import { describeTracker } from '../../contracts/tracker';

/** For which variables each is wanted; nobody listens on port 1. */
const WANTED: Readonly<Record<(typeof TRACKERS.names)[number], Readonly<Record<string, string>>>> = {
  tensorboard: {},
  mlflow: { MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' },
};

for (const name of TRACKERS.names) describeTracker(name, TRACKERS.members[name], WANTED[name]);
