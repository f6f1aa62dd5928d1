import type { Tensor } from '@tensorflow/tfjs-core';
import { UserError } from '../../../errors';
import type { Tf } from '../engine';
import { CHECKS, type Check } from './checks';

/** Of the largest value. Float32 sums of these sizes differ by some 1e-6 from order alone. */
const TOLERANCE = 1e-4;

/**
 * Compares values and gradients on `backend` with those of tfjs' plain JavaScript, on small tensors in the shapes of a student;
 * there are drivers on which kernels are wrong without an error (tfjs#8590). Leaves `backend` in use.
 * Needs the gradients to be registered. Throws `UserError` engine-unavailable that names the operation and the difference.
 */
export async function selfCheck(
  tf: Tf,
  backend: string,
  device: string,
  checks: readonly Check[] = CHECKS,
): Promise<void> {
  const wanted = await onBackend(tf, 'cpu', checks);
  const found = await onBackend(tf, backend, checks);
  for (const [i, { op }] of checks.entries()) {
    const difference = Math.max(...found[i]!.map((values, output) => differenceOf(values, wanted[i]![output]!)));
    // Not "greater": not a number is wrong as well.
    if (difference <= TOLERANCE) continue;
    throw new UserError(
      `Start engine ${backend}: on ${device} the results of ${op} are off by ${difference.toExponential(1)} of their ` +
        `largest value, at most ${TOLERANCE.toExponential(0)} is expected; update the driver, or choose another engine`,
      { code: 'engine-unavailable' },
    );
  }
}

async function onBackend(tf: Tf, backend: string, checks: readonly Check[]): Promise<Float32Array[][]> {
  await tf.setBackend(backend);
  const outputs = checks.map(({ compute }) => tf.tidy(() => [...compute(tf)]));
  const values = await Promise.all(outputs.map(async tensors => Promise.all(tensors.map(copyOf))));
  tf.dispose(outputs);
  return values;
}

async function copyOf(tensor: Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}

function differenceOf(found: Float32Array, wanted: Float32Array): number {
  let [largest, difference] = [1e-30, 0];
  for (let i = 0; i < wanted.length; i++) {
    largest = Math.max(largest, Math.abs(wanted[i]!));
    difference = Math.max(difference, Math.abs(found[i]! - wanted[i]!));
  }
  return found.length === wanted.length ? difference / largest : NaN;
}
