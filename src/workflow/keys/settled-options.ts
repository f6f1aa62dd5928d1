import { AUTO } from '../../family';
import type { AnyStage, Json } from '../../stage';
import type { ConnectedInputs } from '../../stage-inputs';

type Options = Readonly<Record<string, Json>>;

/** The options of a step whose inputs are there: in place of each `auto` what its stage chooses. */
export async function settledOptions(
  { chooses = {} }: Pick<AnyStage, 'chooses'>,
  options: Options,
  inputs: ConnectedInputs,
): Promise<Options> {
  const open = Object.entries(chooses).filter(([name]) => options[name] === AUTO);
  const chosen = await Promise.all(open.map(async ([name, choose]) => [name, await choose(options, inputs)] as const));
  return {
    ...options,
    ...Object.fromEntries(chosen.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  };
}
