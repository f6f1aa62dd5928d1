import { STAGES } from '../../../stages';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { stagesText } from './stages-text';

/** `pipeline stages`: what there is, or all about one. Returns the exit code. */
export function stagesCommand(name: string | undefined, effects: Effects): number {
  effects.out.write(stagesText(STAGES, name));
  return EXIT.done;
}
