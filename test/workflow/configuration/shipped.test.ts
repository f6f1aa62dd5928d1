import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { stagesText } from '../../../src/commands/stages/stages-text';
import { realDisk } from '../../../src/workflow/configuration/read/disk';
import { STAGES } from '../../../stages';
import { accepted, loadToy, refused } from './load-toy';

const FOLDER = join(__dirname, '../../../pipelines');
const FILES = readdirSync(FOLDER).filter(name => name.endsWith('.yaml'));

describe('pipelines/', () => {
  test('has the built-in experiment and the smallest run', () => {
    expect(FILES).toEqual(expect.arrayContaining(['kd-mixed.yaml', 'smoke.yaml']));
  });

  test.each(FILES)('%s is right, and named for its file', file => {
    const place = { file: join(FOLDER, file), cwd: join(FOLDER, '..'), stages: STAGES, disk: realDisk };
    expect(accepted('', place).name).toBe(basename(file, '.yaml'));
    expect(loadToy('', place)).toMatchObject({ warnings: [] });
  });

  test('smoke.yaml uses every stage', () => {
    const { steps } = accepted(readFileSync(join(FOLDER, 'smoke.yaml'), 'utf8'), { stages: STAGES });
    expect(new Set(steps.map(step => step.stage.name))).toEqual(new Set(Object.keys(STAGES)));
  });
});

describe('stages/', () => {
  test('the examples of all stages make a right pipeline file together', () => {
    const examples = Object.keys(STAGES).map(name => /^Example\n([^]*)/m.exec(stagesText(STAGES, name))![1]);
    const { steps } = accepted(`name: examples\nstages:\n${examples.join('')}`, { stages: STAGES });
    expect(steps).toHaveLength(Object.keys(STAGES).length);
  });

  test.each([
    ['evaluate-student', 'label'],
    ['report-bias', 'title'],
  ])('%s refuses a blank %s: it would be a name that nobody sees', (stage, option) => {
    const diagnostics = refused(`name: a\nstages: {it: {uses: ${stage}, with: {${option}: "   "}}}`, {
      stages: STAGES,
    });
    const message = `Cannot use option "${option}" of ${stage}: found "   ", wanted a string that is not blank`;
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ code: 'bad-option', message: expect.stringContaining(message) }),
    );
  });

  test.each(Object.entries(STAGES))('%s takes no secret: what it is given may stand in what it writes', (_, stage) => {
    const formats = Object.values(stage.options.properties).map(({ format }) => format);
    expect(formats).not.toContain('secret');
  });

  test.each(Object.entries(STAGES))('%s is in the list under its own name', (name, stage) => {
    expect(stage.name).toBe(name);
  });
});
