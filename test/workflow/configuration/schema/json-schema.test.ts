import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { pipelineSchema } from '../../../../src/workflow/configuration/schema/json-schema';
import { STAGES } from '../../../../stages';
import { LEARN, TOY_STAGES } from '../toy-stages';

const FOLDER = join(__dirname, '../../../../pipelines');
const OPTIONS = { strict: true, strictRequired: false, allowUnionTypes: true, strictTypes: false };
const validate = new Ajv(OPTIONS).compile(pipelineSchema(STAGES, ['auto', 'wasm']));
const validateToy = new Ajv(OPTIONS).compile(pipelineSchema({ ...TOY_STAGES, learn: LEARN }, ['auto', 'wasm']));

const toy = (stage: string, top = '') => `${top}\nname: a\nstages: {it: ${stage}}`;

describe('pipelineSchema()', () => {
  test('is a draft-07 schema that a strict reader takes, whole in itself', () => {
    const schema = pipelineSchema(STAGES, ['auto']);
    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
    expect(new Ajv().validateSchema(schema)).toBe(true);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  test('knows every stage, option and port with its description and default', () => {
    const text = JSON.stringify(pipelineSchema(STAGES, ['auto']));
    for (const { name, summary, options, inputs } of Object.values(STAGES)) {
      expect(text).toContain(JSON.stringify({ const: name, description: summary }));
      for (const { summary: port } of Object.values(inputs)) expect(text).toContain(JSON.stringify(port).slice(1, -1));
      for (const option of Object.values(options.properties)) {
        const fallback = option.default === undefined ? {} : { default: option.default };
        const about = JSON.stringify({ description: option.description, ...fallback }).slice(1, -1);
        expect(text).toContain(about);
      }
    }
  });

  test('has the branches of an option as a choice of constants, which editors complete', () => {
    const text = JSON.stringify(pipelineSchema({ learn: LEARN }, ['auto']));
    for (const kind of ['mse', 'cosine', 'teacher']) expect(text).toContain(`"kind":{"const":"${kind}","description":`);
    expect(text).not.toContain('discriminator');
  });

  test.each(readdirSync(FOLDER).filter(name => name.endsWith('.yaml')))('accepts pipelines/%s', name => {
    validate(parse(readFileSync(join(FOLDER, name), 'utf8')));
    expect(validate.errors).toBeNull();
  });

  test.each([
    toy('{uses: draw-faces, with: {seed: 3}}'),
    toy('{uses: draw-faces, with: {seed: "${params.seed}", groups: "${params.groups}"}}'),
    toy('{uses: draw-faces, with: {groups: [A, "${matrix.group}"]}, matrix: {group: [A, B]}}'),
    toy('{uses: align-faces, in: {photos: draw}, with: {crop: {top: "${params.top}"}, label: null}}'),
    toy('{uses: align-faces, in: {photos: draw}, with: {reduction: "${params.x}", template: "${params.y}"}}'),
    toy('{uses: mix-sets, in: {faces: [a, b.real]}, with: {ratio: 0.5, note: "${secret:X} y"}}'),
    toy(
      '{uses: draw-faces, with: , in: , resources: {cpu: 0.5, memory: 4GiB, gpu: 1}, retry: 2, timeout: 1h30m, limits: {memory: 12GB}, env: [A]}',
    ),
    toy('{uses: draw-faces, retry: {times: 2, delay: 5s}, matrix: {like: other}}'),
    toy('{uses: draw-faces, matrix: {seed: "${params.seeds}", exclude: [{seed: 1}], include: [{seed: 2}]}}'),
    toy('{with: {seed: 3}}', 'extends: base.yaml'),
    toy('{uses: mix-sets, with: {note: x}}', 'extends: [base.yaml, more.yaml]'),
    toy('{uses: draw-faces}', 'profiles: {gpu: {engine: wasm, params: {a: 1}, stages: {it: {with: {seed: 2}}, x: }}}'),
    toy('{uses: learn, with: {terms: [{kind: mse, weight: 2, reduction: sum}, {kind: teacher, weights: "a"}]}}'),
    toy('{uses: learn, with: {terms: ["${params.term}", {kind: "${params.kind}", weight: "${params.w}", any: 1}]}}'),
    toy('{uses: learn, with: {terms: "${params.terms}", domains: {a: {folders: [b]}, "c d": "${params.d}"}}}'),
    toy('{uses: learn, with: {terms: [], schedule: {by: never}, server: {token: "${secret:X}"}}}'),
    toy('{with: {schedule: {milestones: [1]}, domains: {a: {language: de}}}}', 'extends: base.yaml'),
    toy('{uses: draw-faces}', 'profiles: {gpu: {stages: {it: {uses: learn, with: {schedule: {by: never}}}}}}'),
    toy('{uses: draw-faces, limits: }', 'limits: {memory: 1.5GiB}\nprofiles: {big: {limits: {memory: 64GB}}}'),
    toy('{uses: draw-faces}', 'imports: {a: lib.yaml, b: {file: lib.yaml, params: {x: 1}}}'),
    toy(
      '{uses: draw-faces}',
      'env: [A]\nsecrets: [B]\nroots: [/data]\nparamsFiles: [p.yaml]\nparams: {a: [1, {b: 2}]}',
    ),
  ])('accepts %s', text => {
    validateToy(parse(text));
    expect(validateToy.errors).toBeNull();
  });

  test.each([
    toy('{uses: draw-face}'),
    toy('{with: {seed: 3}}'),
    toy('{uses: draw-faces, with: {sede: 3}}'),
    toy('{uses: draw-faces, with: {seed: -1}}'),
    toy('{uses: draw-faces, with: {seed: "3"}}'),
    toy('{uses: draw-faces, with: {groups: [E]}}'),
    toy('{uses: draw-faces, wiht: {seed: 3}}'),
    toy('{uses: align-faces, in: {photo: draw}}'),
    toy('{uses: align-faces}'),
    toy('{uses: align-faces, in: {photos: [draw]}}'),
    toy('{uses: mix-sets, in: {faces: a}}'),
    toy('{uses: mix-sets, in: {faces: a}, with: {ratio: 2}}'),
    toy('{uses: learn, with: {terms: [{kind: mse, wieght: 2}]}}'),
    toy('{uses: learn, with: {terms: [{kind: mse, margin: 2}]}}'),
    toy('{uses: learn, with: {terms: [{kind: mes}]}}'),
    toy('{uses: learn, with: {terms: [{weight: 2}]}}'),
    toy('{uses: learn, with: {terms: [mse]}}'),
    toy('{uses: learn, with: {terms: [{kind: teacher}]}}'),
    toy('{uses: learn, with: {terms: [], domains: {a: {folders: 3}}}}'),
    toy('{uses: learn, with: {terms: [{weight: 2}]}}', 'extends: base.yaml'),
    toy('{uses: learn, with: {schedule: {milestone: [1]}}}', 'extends: base.yaml'),
    toy('{uses: draw-faces, resources: {memory: 4}}'),
    toy('{uses: draw-faces, timeout: 30}'),
    toy('{uses: draw-faces, limits: {memory: 4}}'),
    toy('{uses: draw-faces}', 'limits: {time: 4s}'),
    toy('{uses: draw-faces, env: [A B]}'),
    toy('{uses: draw-faces, matrix: {seed: 1}}'),
    toy('{uses: draw-faces}').replace('it:', 'It:'),
    toy('{uses: draw-faces}').replace('name: a', 'name: runs'),
    toy('{uses: draw-faces}', 'engine: wsam'),
    toy('{uses: draw-faces}', 'stage: {}'),
    toy('{uses: draw-faces}', 'profiles: {gpu: {with: {}}}'),
    toy('{uses: draw-faces}', 'imports: {a: {params: {}}}'),
  ])('refuses %s', text => {
    expect(validateToy(parse(text))).toBe(false);
  });
});
