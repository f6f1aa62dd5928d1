import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { pipelineGraph } from '../../../src/commands/dag/pipeline-graph';
import { stagesText } from '../../../src/commands/stages/stages-text';
import { resolvedYaml } from '../../../src/workflow/configuration/resolved';
import { pipelineSchema } from '../../../src/workflow/configuration/schema/json-schema';
import type { AnyStage } from '../../../src/stage';
import { accepted, refused } from './load-toy';
import { TOY_STAGES } from './toy-stages';

const distill: AnyStage = {
  ...TOY_STAGES['report']!,
  name: 'distill',
  inputs: { teachers: { type: 'face-set', summary: 'Teachers', named: true } },
};
const optional: AnyStage = { ...distill, inputs: { teachers: { ...distill.inputs['teachers']!, optional: true } } };
const stages = { ...TOY_STAGES, distill };
const text = (connected: string): string => `name: toy
stages:
  draw: { uses: draw-faces }
  a: { uses: align-faces, in: { photos: draw } }
  b: { uses: align-faces, in: { photos: draw }, with: { margin: 0.5 } }
  m: { uses: align-faces, matrix: { x: [1, 2] }, in: { photos: draw } }
  it: { uses: distill, in: { teachers: ${connected} } }`;
const inputsOf = (connected: string) =>
  accepted(text(connected), { stages }).steps.find(({ id }) => id === 'it')!.inputs;
const mistakes = (connected: string) =>
  refused(text(connected), { stages }).map(({ code, message }) => [code, message]);
const a = { step: 'a', port: 'faces' };
const b = { step: 'b', port: 'faces' };

describe('an input with names of the choice of the file', () => {
  test('takes one stage or a list under each; the order within a name is kept', () => {
    expect(inputsOf('{ vit-b: [b, a], adaFace: a }')).toEqual({ 'teachers.vit-b': [b, a], 'teachers.adaFace': [a] });
    expect(inputsOf('{ all: m }')['teachers.all']).toHaveLength(2);
  });

  test('comes back from the resolved pipeline', () => {
    const again = accepted(resolvedYaml(accepted(text('{ vit-b: [b, a], ada: a }'), { stages })), { stages });
    expect(again.steps.find(({ id }) => id === 'it')!.inputs).toEqual({
      'teachers.vit-b': [b, a],
      'teachers.ada': [a],
    });
  });

  test('is an edge of the graph with its name', () => {
    const { nodes } = pipelineGraph(accepted(text('{ vit-b: [b, a], ada: a }'), { stages }), new Map());
    expect(nodes.find(({ id }) => id === 'it')!.needs).toEqual([
      { id: 'b', label: 'teachers.vit-b' },
      { id: 'a', label: 'teachers.vit-b, teachers.ada' },
    ]);
  });

  test('is told by `pipeline stages`', () => {
    expect(stagesText({ distill }, 'distill')).toContain('Teachers (takes lists by names of your choice)');
    expect(
      accepted(
        `name: a\nstages:\n  align-faces: { uses: align-faces, in: { photos: draw-faces } }\n  draw-faces: { uses: draw-faces }\n${/^Example\n([^]*)/m.exec(stagesText(stages, 'distill'))![1]!}`,
        { stages },
      ).steps,
    ).toHaveLength(3);
  });

  test('knows where each is written', () => {
    const step = accepted(text('{ one: [a, b] }'), { stages }).steps.find(({ id }) => id === 'it')!;
    expect(step.placesOf('inputs.teachers.one[1]')).toMatchObject([{ line: 7, column: 51 }]);
  });

  test.each([
    [
      'a',
      'wrong-kind',
      'Cannot connect input "teachers" of "it": found a string, wanted a map of names, each with a stage or a list of them',
    ],
    ['[a]', 'wrong-kind', 'Cannot connect input "teachers" of "it": found a list, wanted a map of names'],
    ['{}', 'missing-input', 'Nothing is connected to input "teachers" of "it"'],
    ['{ one: [] }', 'missing-input', 'Nothing is connected to input "teachers.one" of "it"'],
    [
      '{ One: a }',
      'bad-name',
      'Cannot use the name "One" in input "teachers" of "it": use letters, digits and "-", at most 64',
    ],
    ['{ a.b: a }', 'bad-name', 'Cannot use the name "a.b" in input "teachers"'],
    ['{ one: draw }', 'type-mismatch', 'Cannot connect input "teachers.one" of "it": "draw" is photo-set'],
    ['{ one: [a, aa] }', 'unknown-step', 'Cannot connect input "teachers.one" of "it"'],
    ['{ one: { two: a } }', 'wrong-kind', 'Cannot connect input "teachers.one" of "it": found a map'],
  ])('refuses %s', (connected, code, message) => {
    expect(mistakes(connected)).toEqual([[code, expect.stringContaining(message)]]);
  });

  test('may have none where the port is optional', () => {
    const steps = accepted(text('{}'), { stages: { ...stages, distill: optional } }).steps;
    expect(steps.find(({ id }) => id === 'it')!.inputs).toEqual({});
  });

  test('is a map in the schema for editors', () => {
    const validate = new Ajv({
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
      strictTypes: false,
    }).compile(pipelineSchema(stages, ['auto']));
    for (const [connected, isRight] of [
      ['{ one: a, two: [a, b] }', true],
      ['a', false],
      ['{ One: a }', false],
      ['{ one: [] }', false],
    ] as const)
      expect([connected, validate(parse(text(connected)))]).toEqual([connected, isRight]);
  });
});
