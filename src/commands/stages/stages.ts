import { STAGES } from '../../../stages';
import type { Effects, TextOutput } from '../../effects';
import { EXIT } from '../../errors';
import { IN_A_PIPE, stagesText } from './stages-text';

/** Narrower than that, words would stand one below the other. */
const NARROWEST = 40;

/** `pipeline stages`: what there is, or all about one. Returns the exit code. */
export function stagesCommand(name: string | undefined, effects: Effects): number {
  effects.out.write(stagesText(STAGES, name, widthOf(effects.out)));
  return EXIT.done;
}

function widthOf({ isTerminal, columns }: TextOutput): number {
  return isTerminal ? Math.max(columns, NARROWEST) : IN_A_PIPE;
}
