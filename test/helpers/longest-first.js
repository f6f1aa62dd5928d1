'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that take longest, longest first. Jest knows their times only after a first run, and begins with the largest files, which are not the slow ones. */
const LONGEST = [
  'faults/sweep',
  'learning/engines/webgpu-on-device',
  'faults/beside',
  'learning/training/resume',
  'pipelines/wrong-inputs',
  'faults/damage',
  'stages/embed-faces-rows',
  'learning/students/engines',
  'learning/training/twin',
  'faults/no-links',
  'commands/command-line',
  'pipelines/smoke',
  'stages/vanishing-groups',
  'workflow/run/changed-code',
  'tools/describe-code',
];

/** On a fresh machine the longest files start first, so that no core waits for one of them in the end. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex(name => path.endsWith(`/test/${name}.test.ts`));
      return place < 0 ? LONGEST.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
