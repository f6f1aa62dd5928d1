import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ENGINES, type EngineName } from '../../../src/learning/engines';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Backbone } from '../../../src/learning/networks';
import { ALL_STUDENTS, surveyNow } from '../../helpers/families';
import { thin } from '../../helpers/thin';
import { apart, relativeDistance, trainingPass, type PassValues } from '../../helpers/training-pass';

/** Channels are divided, and the sides of faces in pixels. */
const SIZES: Readonly<Record<string, readonly [divisor: number, side: number]>> = {
  tiny: [1, 56],
  small: [1, 56],
  mobilefacenet: [4, 48],
};
const smaller = (student: Backbone): Backbone => thin(student, ...(SIZES[student.name] ?? [8, 32]));

/**
 * A value that rounds to the other side of a PReLU's kink changes all gradients before it, on two engines alike in all else. With
 * slopes of 1 there is no kink; slopes of every kind are compared on small networks in test/learning/networks/train-forward.test.ts.
 */
const withoutKinks = (name: string, values: Float32Array): Float32Array =>
  name.endsWith('/slope') ? values.map(() => 1) : values;

const usable = surveyNow(mkdtempSync(join(tmpdir(), 'fairdistill-engines-'))).filter(
  engine => engine.usable && engine.name !== 'cpu' && engine.name !== 'webgpu',
);
// webgpu reads asynchronously only, and has a test of its own.
const skipped = ENGINES.names.filter(
  name => name !== 'cpu' && name !== 'webgpu' && !usable.some(engine => engine.name === name),
);

describe(`every student on every engine that is here (not here: ${skipped.join(', ') || 'none'})`, () => {
  const references = new Map<string, PassValues>();
  test.each(ALL_STUDENTS.flatMap(student => usable.map(({ name }) => [student.name, name, smaller(student)] as const)))(
    '%s on %s: forward pass, statistics and every gradient as on cpu',
    async (_, engine: EngineName, student) => {
      const wanted =
        references.get(student.name) ?? (await trainingPass(await startEngine('cpu'), student, 4, withoutKinks));
      references.set(student.name, wanted);
      const found = await trainingPass(await startEngine(engine), student, 4, withoutKinks);
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
      const isGradient = (name: string): boolean => !/^embeddings$|^loss$|\/(mean|variance)$/.test(name);
      const [gradients, others] = [
        [...wanted.keys()].filter(isGradient),
        [...wanted.keys()].filter(name => !isGradient(name)),
      ];
      const only = (values: PassValues, names: readonly string[]): PassValues =>
        new Map(names.map(name => [name, values.get(name)!]));
      expect(apart(only(found, others), only(wanted, others), 1e-4)).toEqual([]);
      expect(relativeDistance(found, wanted, gradients)).toBeLessThan(1e-4);
      expect(apart(only(found, gradients), only(wanted, gradients), 1e-3)).toEqual([]);
    },
    300_000,
  );
});
