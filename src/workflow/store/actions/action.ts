import type { Json } from '../../../stage';
import type { Production } from '../objects/production';

export type { Production } from '../objects/production';

export const ACTION_FORMAT = 1;

/**
 * What a key is made of, flat: `options.margin.mean` → 0.5, `inputs.faces[0]` → `sha256:…`, `code.src/losses/kd.ts` → a digest. The
 * key is the digest of this map, so two attempts differ exactly by the leaves that differ.
 */
export type KeyLeaves = Readonly<Record<string, Json>>;

/**
 * `actions/<key>.json`: that the work with this key is done, and the object that it made. Written last and atomically: this file alone means "done".
 * Sealed with its own digest.
 */
export interface Action extends Production {
  readonly kind: 'fairdistill-action';
  readonly format: typeof ACTION_FORMAT;
  readonly leaves: KeyLeaves;
  /** Name and version of the stage. */
  readonly stage: { readonly name: string; readonly version: number };
  /** Folder under `objects/`. */
  readonly object: string;
  /** Digest of the object: `sha256:<hex>`. */
  readonly digest: string;
  readonly bytes: number;
  /** Set when the object was made under another key and a person said that it holds for this one too. */
  readonly accepted: { readonly because: string; readonly from: string; readonly time: string } | null;
  /** Objects that other executions with this key have made: not empty means that the stage is not deterministic. */
  readonly others: readonly string[];
}
