import type { Effects } from '../../effects';
import { LOGGERS, type LoggerName } from '.';
import type { Logger } from './logger';

/** Opens the logger that was asked for, or the first that fits where the output goes. */
export function chooseLogger(effects: Effects, wanted?: LoggerName): Logger {
  const name = wanted ?? LOGGERS.names.find(each => LOGGERS.members[each].fits(effects))!;
  return LOGGERS.members[name].open(effects);
}
