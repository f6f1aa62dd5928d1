import { list, type TypeOf } from '../../kit/options';
import type { Option } from '../../kit/option-types';
import { SPREADS } from './index';

type ChosenSpread = (typeof SPREADS.names)[number];

/** Written out, so that a new spread of the list changes no step that names none. */
export const USUAL_SPREADS: readonly ChosenSpread[] = ['mean', 'std', 'std-ddof1', 'ser'];

const SPREAD: Option<ChosenSpread> = {
  ...{ type: 'string', enum: SPREADS.names, family: SPREADS.kind, description: 'A spread' },
};

export const SPREADS_OPTION = list('Numbers over all groups, computed for every number of `metrics`', SPREAD, {
  uniqueItems: true,
  default: USUAL_SPREADS,
});

export type ChosenSpreads = TypeOf<typeof SPREADS_OPTION>;
