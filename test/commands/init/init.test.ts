import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { initFolder, TEMPLATES, templateFiles } from '../../../src/commands/init';
import { realDisk } from '../../../src/workflow/configuration/read/disk';
import { pipelineSchema } from '../../../src/workflow/configuration/schema/json-schema';
import { loadPipeline } from '../../../src/workflow/configuration/load';
import { STAGES } from '../../../stages';
import { temporaryFolder } from '../../helpers/temporary-folder';
import { tinyRecogniser } from '../../helpers/tiny-onnx';

const SCHEMA = '{"type": "object"}';
const SCHEMA_OF_STAGES = pipelineSchema(STAGES, ['auto']);

describe('initFolder()', () => {
  test('writes a pipeline file that editors know, its schema and a .gitignore, and says what to type', async () => {
    const cwd = await temporaryFolder();
    const said = await initFolder('study', { cwd, schema: SCHEMA });
    expect(readdirSync(join(cwd, 'study')).sort()).toEqual(['.gitignore', 'first.yaml', 'pipeline.schema.json']);
    expect(readFileSync(join(cwd, 'study/first.yaml'), 'utf8').split('\n').slice(0, 2)).toEqual([
      '# yaml-language-server: $schema=./pipeline.schema.json',
      '# $schema: ./pipeline.schema.json',
    ]);
    expect(readFileSync(join(cwd, 'study/pipeline.schema.json'), 'utf8')).toBe(`${SCHEMA}\n`);
    expect(readFileSync(join(cwd, 'study/.gitignore'), 'utf8')).toMatch(/^artifacts\/$/m);
    expect(said).toContain('wrote study/first.yaml\n');
    expect(said).toContain('  cd study\n');
    expect(said).toContain('  pipeline run first\n');
  });

  test('overwrites nothing, and writes nothing then', async () => {
    const cwd = await temporaryFolder();
    writeFileSync(join(cwd, 'first.yaml'), 'mine');
    await expect(initFolder('.', { cwd, schema: SCHEMA })).rejects.toMatchObject({
      code: 'already-there',
      exit: 2,
      message: expect.stringContaining('"first.yaml"'),
    });
    expect(readdirSync(cwd)).toEqual(['first.yaml']);
    expect(readFileSync(join(cwd, 'first.yaml'), 'utf8')).toBe('mine');
  });

  test('leaves a .gitignore as it is and says which line to add', async () => {
    const cwd = await temporaryFolder();
    writeFileSync(join(cwd, '.gitignore'), 'node_modules\n');
    expect(await initFolder('.', { cwd, schema: SCHEMA })).toContain('add the line: artifacts/');
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe('node_modules\n');
    expect(existsSync(join(cwd, 'first.yaml'))).toBe(true);
  });

  test('says what it keeps when everything is there already', async () => {
    const cwd = await temporaryFolder();
    await initFolder('.', { cwd, schema: SCHEMA });
    const said = await initFolder('.', { cwd, schema: SCHEMA });
    expect(said).toContain('kept first.yaml, which exists\n');
    expect(said).not.toContain('wrote');
  });

  test('takes a second template beside the first, whose schema is the same', async () => {
    const cwd = await temporaryFolder();
    await initFolder('.', { cwd, schema: SCHEMA });
    await initFolder('.', { cwd, schema: SCHEMA, template: 'own-data' });
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['first.yaml', 'own-data.yaml']));
  });

  test('refuses a file in the place of the folder, and an unknown template', async () => {
    const cwd = await temporaryFolder();
    writeFileSync(join(cwd, 'file'), '');
    await expect(initFolder('file', { cwd, schema: SCHEMA })).rejects.toMatchObject({ code: 'already-there' });
    await expect(initFolder('file/below', { cwd, schema: SCHEMA })).rejects.toMatchObject({ code: 'cannot-write' });
    await expect(initFolder('x', { cwd, schema: SCHEMA, template: 'draw' })).rejects.toMatchObject({
      code: 'unknown-template',
      message: expect.stringContaining('did you mean "drawn"?'),
    });
  });

  test('writes a .gitignore that git understands', async () => {
    const cwd = await temporaryFolder();
    await initFolder('.', { cwd, schema: SCHEMA });
    execFileSync('git', ['init', '--quiet'], { cwd });
    mkdirSync(join(cwd, 'artifacts'));
    writeFileSync(join(cwd, 'artifacts/x'), '');
    expect(execFileSync('git', ['status', '--short', '-uall'], { cwd, encoding: 'utf8' })).not.toContain('artifacts');
  });
});

describe('templateFiles()', () => {
  test.each(TEMPLATES)(
    '$name loads without a mistake, where its data are, and fits its own schema',
    async ({ name, pipeline }) => {
      const cwd = await temporaryFolder();
      await initFolder('.', { cwd, schema: JSON.stringify(SCHEMA_OF_STAGES), template: name });
      mkdirSync(join(cwd, 'data'));
      writeFileSync(join(cwd, 'teacher.onnx'), tinyRecogniser({ size: 112, dim: 8 }));
      const file = join(cwd, `${pipeline}.yaml`);
      const loaded = loadPipeline({ file, stages: STAGES, set: {}, env: {}, cwd, disk: realDisk });
      expect(loaded.ok ? loaded.warnings : loaded.diagnostics).toEqual([]);
      const validate = new Ajv({ strict: false }).compile(SCHEMA_OF_STAGES);
      validate(parse(readFileSync(file, 'utf8')));
      expect(validate.errors).toBeNull();
    },
  );

  test('own-data says where its data should be when they are not there', async () => {
    const cwd = await temporaryFolder();
    const said = await initFolder('.', { cwd, schema: SCHEMA, template: 'own-data' });
    expect(said).toContain('teacher.onnx');
    const loaded = loadPipeline({
      file: join(cwd, 'own-data.yaml'),
      stages: STAGES,
      set: {},
      env: {},
      cwd,
      disk: realDisk,
    });
    expect(loaded.ok ? [] : loaded.diagnostics.map(({ code }) => code)).toContain('missing-path');
  });

  test.each(TEMPLATES)('$name is named for its pipeline', ({ pipeline, text }) => {
    expect(text).toContain(`\nname: ${pipeline}\n`);
    expect(templateFiles({ name: '', summary: '', pipeline, text, first: [] }, SCHEMA)[0]!.name).toBe(
      `${pipeline}.yaml`,
    );
  });
});
