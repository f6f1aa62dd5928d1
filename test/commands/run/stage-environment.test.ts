import { expect, test } from '@jest/globals';
import { stageEnvironment } from '../../../src/commands/run/stage-environment';

test('stageEnvironment() leaves what a library needs, and nothing that only a person or a program of theirs would read', () => {
  const needed = {
    PATH: '/bin',
    LC_ALL: 'C',
    LD_LIBRARY_PATH: '/lib',
    CUDA_VISIBLE_DEVICES: '1',
    NODE_OPTIONS: '--x',
    NODE_PATH: '/modules',
    OMP_NUM_THREADS: '2',
  };
  const others = {
    DATA_ROOT: '/data',
    API_TOKEN: 'x',
    MLFLOW_TRACKING_TOKEN: 'y',
    PATHOLOGY: 'z',
    MYPATH: '/m',
    NODE_ENV: 'production',
  };
  expect(stageEnvironment({ ...needed, ...others, UNSET: undefined })).toEqual(needed);
});
