import { describe, expect, test } from '@jest/globals';
import { stagesText } from '../../../src/commands/stages/stages-text';
import { accepted } from '../../workflow/configuration/load-toy';
import { TOY_STAGES } from '../../workflow/configuration/toy-stages';

describe('stagesText()', () => {
  test('lists every stage with its summary', () => {
    const lines = stagesText(TOY_STAGES).split('\n');
    for (const { name, summary } of Object.values(TOY_STAGES)) {
      expect(lines.filter(line => line.startsWith(`  ${name} `) && line.endsWith(summary))).toHaveLength(1);
    }
  });

  test('describes one: ports, options with range and default, and an example', () => {
    expect(stagesText(TOY_STAGES, 'mix-sets')).toBe(`mix-sets, version 1
Toy mix-sets

Inputs
  faces  face-set  Faces to mix (takes a list)
  extra  face-set  More faces (optional, takes a list)

Outputs
  real       face-set  Real part
  synthetic  face-set  Synthetic part

Options
  ratio: a number from 0 to 1, required
      Share of real identities
  note: a string that may hold secrets
      What a server wants to be told
  title: a string that is not empty
      Text for the report

Example
  mix-sets:
    uses: mix-sets
    in:
      faces:
        - align-faces
      extra:
        - align-faces
    with:
      ratio: 0
`);
  });

  test('names the port of a maker with several outputs of the type', () => {
    const others = Object.fromEntries(Object.entries(TOY_STAGES).filter(([name]) => name !== 'align-faces'));
    expect(stagesText(others, 'report')).toContain('      faces: mix-sets.real\n');
  });

  test('says in the example that nothing makes a required input', () => {
    const { report } = TOY_STAGES;
    expect(stagesText({ report: report! }, 'report')).toContain('      faces: <a stage that makes face-set>\n');
  });

  test('shows defaults', () => {
    expect(stagesText(TOY_STAGES, 'draw-faces')).toContain('  seed: an integer of at least 0, default 1\n');
  });

  test('says "none" for a stage without inputs, outputs or options', () => {
    const text = stagesText(TOY_STAGES, 'report');
    expect(text).toContain('Outputs\n  none\n');
    expect(text).toContain('Options\n  none\n');
    expect(stagesText(TOY_STAGES, 'draw-faces')).toContain('Inputs\n  none\n');
  });

  test('gives examples that make a pipeline file together', () => {
    const examples = Object.keys(TOY_STAGES).map(name => /^Example\n([^]*)/m.exec(stagesText(TOY_STAGES, name))![1]);
    const { steps } = accepted(`name: a\nstages:\n${examples.join('')}`);
    expect(steps.map(step => step.id).sort()).toEqual(Object.keys(TOY_STAGES).sort());
  });

  test.each(['align', 'constructor', '__proto__', ''])('refuses the unknown %j', name => {
    expect(() => stagesText(TOY_STAGES, name)).toThrow(expect.objectContaining({ code: 'unknown-stage', exit: 2 }));
  });

  test('suggests the nearest name', () => {
    expect(() => stagesText(TOY_STAGES, 'aline-faces')).toThrow('did you mean "align-faces"?');
  });
});
