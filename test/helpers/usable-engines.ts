import { describe } from '@jest/globals';
import type { EngineName } from '../../src/learning/engines';
import { findAddon, loadAddon } from '../../src/learning/engines/onednn/addon';
import { PRECISIONS, type Precision } from '../../src/learning/engines/engine';

const addon = findAddon();

/** The engines that a suite of ours runs on: two that are everywhere, and the native one where it is built. */
export const TEST_ENGINES: readonly EngineName[] = ['cpu', 'wasm', ...(addon.usable ? (['onednn'] as const) : [])];

/** Whether the addon is built and this processor has products of bf16: not all have. */
export const KNOWS_BF16 = addon.usable && loadAddon().knowsBf16();

/** The precisions in which onednn computes here. */
export const ONEDNN_PRECISIONS: readonly Precision[] = PRECISIONS.filter(one => one !== 'bf16' || KNOWS_BF16);

/** `describe` where the addon is built; else the suite is skipped, and its title says why. */
export function describeNative(title: string, tests: () => void): void {
  if (addon.usable) describe(`${title} on onednn`, tests);
  else describe.skip(`${title} on onednn, skipped: ${addon.missing ?? 'it is not usable'}`, tests);
}
