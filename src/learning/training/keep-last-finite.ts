import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../models/safetensors';
import type { Backbone } from '../networks';
import { LEFT_ON_FAILURE } from '../../stage';
import type { FailureHelp } from './not-finite';

const FILE = 'last-finite.safetensors';

/** Writes the weights before a failed step where they outlive the stage whose folder this is. */
export function keepLastFinite(folder: string, { name }: Backbone): NonNullable<FailureHelp['keep']> {
  return async (weights, step) => {
    const kept = join(folder, LEFT_ON_FAILURE);
    await mkdir(kept, { recursive: true });
    await writeSafetensors(join(kept, FILE), weights, { architecture: name, beforeStep: String(step) });
    return FILE;
  };
}
