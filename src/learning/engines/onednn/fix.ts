import { refuseLibrary, type FixOptions } from '../engine';
import { buildAddon } from './addon';

/** Builds the addon again. Throws `UserError` bad-option for a library of one's own: it is built with that of the system. */
export function fixOnednn(options: FixOptions): void {
  refuseLibrary('onednn', options);
  buildAddon(options.say);
}
