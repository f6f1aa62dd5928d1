import { describe, expect, test } from '@jest/globals';
import { describeDeath, describeExcess } from '../../../src/workflow/executors/describe-death';
import { STAGES } from '../../../stages';

const IN_BATCHES = ['train-teacher', 'distill-student', 'embed-faces', 'evaluate-student'];

describe.each(Object.values(STAGES))('a stage that ran out of memory: $name', stage => {
  test.each([
    ['killed by the system', describeDeath(stage, 'run', { code: null, signal: 'SIGKILL', errors: '' })],
    [
      'out of heap',
      describeDeath(stage, 'run', { code: 134, signal: null, errors: 'FATAL ERROR: JavaScript heap out of memory' }),
    ],
    ['beyond its limit', describeExcess(stage, 'run', { used: 2e9, limit: 1e9 })],
    ['beyond what a run may use', describeExcess(stage, 'run', { used: 2e9, limit: 3e9, beside: 1e9 })],
  ])('%s, is told what it can do: less at once of what it has', (_, { message }) => {
    expect(message).toContain(`Stage "${stage.name}"`);
    const [batch, cores] = ['lower its option "batch"', 'give it fewer cores ("resources: {cpu: 1}" of the stage)'];
    const [told, other] = IN_BATCHES.includes(stage.name) ? [batch, cores] : [cores, batch];
    expect(message).toContain(told);
    expect(message).not.toContain(other);
  });
});
