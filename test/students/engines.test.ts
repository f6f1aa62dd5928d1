import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ENGINE_NAMES, startEngine, surveyEngines, type EngineName } from '../../src/engines';
import type { Backbone } from '../../src/networks';
import { STUDENTS } from '../../src/students';
import { apart, trainingPass, type PassValues } from '../helpers/training-pass';

/**
 * The same layers for smaller faces: plain JavaScript computes the reference, at a thousandth of the speed. The kernel that takes
 * in all that is left of a face shrinks with it.
 */
function smaller(student: Backbone): Backbone {
  const { layers } = student;
  const global = layers.find(layer => layer.op === 'conv' && layer.kernel === 7);
  if (!global) return { ...student, inputSize: 24 };
  return {
    ...student,
    inputSize: 32,
    layers: layers.map(layer => (layer === global ? { ...global, kernel: 2 } : layer)),
  };
}

const usable = surveyEngines(mkdtempSync(join(tmpdir(), 'fairdistill-engines-'))).filter(
  engine => engine.usable && engine.name !== 'cpu',
);
const skipped = ENGINE_NAMES.filter(name => name !== 'cpu' && !usable.some(engine => engine.name === name));

describe(`every student on every engine that is here (not here: ${skipped.join(', ') || 'none'})`, () => {
  const references = new Map<string, PassValues>();
  test.each(STUDENTS.flatMap(student => usable.map(({ name }) => [student.name, name, smaller(student)] as const)))(
    '%s on %s: forward pass, statistics and every gradient as on cpu',
    async (_, engine: EngineName, student) => {
      const wanted = references.get(student.name) ?? (await trainingPass(await startEngine('cpu'), student, 2));
      references.set(student.name, wanted);
      const found = await trainingPass(await startEngine(engine), student, 2);
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
      expect(apart(found, wanted, 1e-4)).toEqual([]);
    },
    300_000,
  );
});
