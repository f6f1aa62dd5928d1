import { describe, expect, test } from '@jest/globals';
import type { Failures } from './webgpu/fail';
import { findDevice, runOn, type Device } from './webgpu/on-device';
import type { StudentStep } from './webgpu/student-step';
import type { TrainSteps } from './webgpu/train-steps';

// In processes of their own: the driver is chosen by the environment, and whether a process ends by itself is a question of its own.
const DEVICE = findDevice();
const onDevice = typeof DEVICE === 'string' ? test.skip : test;
const LONGEST_MS = 300_000;

describe(`webgpu on ${typeof DEVICE === 'string' ? `a device (left out: ${DEVICE})` : DEVICE.name}`, () => {
  const run = <T>(program: string, ...args: (string | number)[]): Promise<T> =>
    runOn<T>(DEVICE as Device, program, ...args);

  // Thinned by what keeps the channels in fours, as the whole ones are.
  onDevice.each([
    ['tiny', 56, 1, 4],
    ['small', 56, 1, 4],
    ['mobilefacenet', 48, 2, 4],
    ['iresnet18', 24, 8, 4],
  ])(
    '%s at side %p with 1/%p of its channels gives %p faces the embeddings, losses and gradients that cpu does',
    async (...student) => {
      const step = await run<StudentStep>('student-step.ts', ...student);
      const statistics = Object.values(step.statistics);
      const gradients = Object.values(step.gradients);
      expect(statistics.length).toBeGreaterThan(5);
      expect(gradients.length).toBeGreaterThan(10);
      expect(step.embeddings).toBeLessThan(1e-4);
      expect(step.losses).toBeLessThan(1e-4);
      expect(Math.max(...statistics)).toBeLessThan(1e-4);
      expect(step.gradient).toBeLessThan(1e-4);
      // One activation that rounding puts on the other side of 0 moves one channel's gradient by so much, on wasm too.
      expect(Math.max(...gradients)).toBeLessThan(1e-2);
    },
    LONGEST_MS,
  );

  onDevice(
    'train() learns the same twice, holds as many tensors and bytes after every step, and lets the process end',
    async () => {
      const { first, second, notANumber } = await run<TrainSteps>('train-steps.ts');
      const { losses, tensors, around } = first;
      expect(losses).toHaveLength(5);
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      expect(new Set(tensors).size).toBe(1);
      expect(tensors[0]).toBeGreaterThan(around[0]);
      expect(around[1]).toBe(around[0]);
      expect(second.losses).toEqual(losses);
      // Buffers that the first steps made are used again in the others.
      expect(new Set([...first.bytes.slice(2), ...second.bytes.slice(1)]).size).toBe(1);
      expect(notANumber).toBe('loss-not-finite');
    },
    LONGEST_MS,
  );

  onDevice(
    'reading fails with a message when the device is lost, or at once; and navigator.gpu is left as it was',
    async () => {
      const { readAtOnce, lost, globals } = await run<Failures>('fail.ts');
      expect(readAtOnce).toMatch(/await tensor\.data\(\)/);
      expect(lost).toMatchObject({ code: 'engine-failed' });
      expect(lost.message).toMatch(/^Compute on webgpu: .+ reports "device lost.+"; .*smaller batch/s);
      expect(globals.after).toBe(globals.before);
    },
    LONGEST_MS,
  );
});
