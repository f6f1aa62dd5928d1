import { expect, test } from '@jest/globals';
import { LOGGERS } from '../../../src/workflow/loggers';
import { describeLogger } from '../../contracts/logger';
import { recordingEffects } from '../../helpers/effects';

for (const name of LOGGERS.names) describeLogger(name, LOGGERS.members[name]);

test('some logger fits wherever the output goes', () => {
  for (const isTerminal of [true, false]) {
    for (const [name, value] of [
      ['CI', ''],
      ['CI', 'true'],
      ['TERM', 'dumb'],
    ] as const) {
      const { effects } = recordingEffects({ isTerminal, env: { [name]: value } });
      expect(LOGGERS.names.filter(each => LOGGERS.members[each].fits(effects))).not.toEqual([]);
    }
  }
});
