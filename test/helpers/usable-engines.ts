import { describe } from '@jest/globals';
import type { EngineName } from '../../src/engines';
import { findAddon } from '../../src/engines/onednn/addon';

const addon = findAddon();

/** The engines that a suite of ours runs on: two that are everywhere, and the native one where it is built. */
export const TEST_ENGINES: readonly EngineName[] = ['cpu', 'wasm', ...(addon.usable ? (['onednn'] as const) : [])];

/** `describe` where the addon is built; else the suite is skipped, and its title says why. */
export function describeNative(title: string, tests: () => void): void {
  if (addon.usable) describe(`${title} on onednn`, tests);
  else describe.skip(`${title} on onednn, skipped: ${addon.missing ?? 'it is not usable'}`, tests);
}
