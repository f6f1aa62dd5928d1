import type { TextOutput } from '../../effects';

/** Nothing breaks lines in a pipe or a file. */
const IN_A_PIPE = 160;

/** Room for text in characters: of the terminal, or enough where there is none. */
export function textWidth({ isTerminal, columns }: TextOutput): number {
  return isTerminal ? columns : IN_A_PIPE;
}
