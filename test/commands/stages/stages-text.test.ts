import { describe, expect, test } from '@jest/globals';
import { stagesText } from '../../../src/commands/stages/stages-text';
import { object, text as words } from '../../../src/kit/options';
import type { AnyStage } from '../../../src/stage';
import { accepted } from '../../workflow/configuration/load-toy';
import { LEARN, TOY_STAGES } from '../../workflow/configuration/toy-stages';

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

  test('shows what is inside an option with its defaults, branch by branch, in 80 columns', () => {
    const text = stagesText({ learn: LEARN }, 'learn', 80);
    expect(text.slice(text.indexOf('Options\n'))).toBe(`Options
  terms: a list, each a map whose "kind" is one of "mse", "cosine" or "teacher",
      required
      What is minimised: a weighted sum
      kind "mse": Squared distance
        weight: a number of at least 0, default 1
            Factor on the term
        reduction: one of "mean" or "sum", default "mean"
            How
      kind "cosine": One minus the cosine
        weight: a number of at least 0, default 1
            Factor on the term
        margin: a number
            Margin
      kind "teacher": Distance to the embeddings of another model, which is read
          from a file and runs beside it
        weight: a number of at least 0, default 1
            Factor on the term
        weights: a path of a file or folder, required
            The model
        extra: a path of a file or folder, default ""
            More of it
  schedule: a map whose "by" is one of "step" or "never", default {"by":"step"}
      How the rate changes
      by "step": Falls at epochs
        milestones: a list without repetitions, each an integer, default []
            Epochs
      by "never": Stays
  domains: a map, each value a map with "folders"
      Data by domain
      folders: a list, each a path of a file or folder, required
          Folders
      language: a string, default "en"
          Language
  server: a map
      Who is told
      token: a string that may hold secrets
          What it wants
      url: a string
          Where

Example
  learn:
    uses: learn
    with:
      terms:
        - kind: mse
          weight: 1
          reduction: mean
      schedule:
        by: step
`);
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
  });

  test('breaks every line of ports and options, flat ones too, at the width that there is', () => {
    const long = 'one word after the other, '.repeat(12);
    const port = { type: 'face-set', summary: long };
    const options = object(long, { flat: words(long), nested: object(long, { inner: words(long) }) });
    const wide: AnyStage = { ...LEARN, summary: long, inputs: { faces: port }, outputs: { more: port }, options };
    for (const width of [60, 100]) {
      const lines = stagesText({ learn: wide }, 'learn', width).split('\nExample\n')[0]!.split('\n');
      expect(lines.filter(line => line.length > width)).toEqual([]);
      // A word more would not have fitted.
      expect(Math.max(...lines.map(line => line.length))).toBeGreaterThan(width - 8);
    }
    expect(stagesText({ learn: wide }, 'learn', 60)).toContain('\n                   other, one word');
  });

  test('gives an example of nested options that is right', () => {
    const example = /^Example\n([^]*)/m.exec(stagesText({ learn: LEARN }, 'learn'))![1]!;
    expect(accepted(`name: a\nstages:\n${example}`, { stages: { learn: LEARN } }).steps[0]!.options).toMatchObject({
      terms: [{ kind: 'mse', weight: 1, reduction: 'mean' }],
    });
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
