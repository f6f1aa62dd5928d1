import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { CheckedPipeline } from '../../../src/workflow/configuration/checked-pipeline';
import { realDisk } from '../../../src/workflow/configuration/read/disk';
import { resolvedYaml } from '../../../src/workflow/configuration/resolved';
import { STAGES } from '../../../stages';
import { accepted, refused, type Rest } from './load-toy';

const FOLDER = join(__dirname, '../../../pipelines');

const EVERYTHING = `name: every
extends: base.yaml
imports: {lib: {file: lib.yaml, params: {seed: 4}}}
engine: wasm
env: [NOTE, SEED]
secrets: [TOKEN]
roots: [/lists]
limits: {memory: 12GB}
profiles: {p: {params: {ratio: 0.25}}}
params: {ratio: 0.5}
stages:
  draw: {uses: draw-faces, matrix: {seed: [1, 2], x: [a, b.c, 0.5], exclude: [{seed: 2, x: a}]}, with: {seed: "\${matrix.seed}"}}
  read: {uses: read-faces, in: {photos: draw}, matrix: {like: draw}, with: {folder: faces, lists: [/lists/a.txt, ../here/b]}}
  one: {uses: align-faces, in: {photos: "draw@seed=1,x=0.5.photos"}, env: [SEED], timeout: 1h30m, limits: {memory: 1.5GB}}
  align: {uses: align-faces, in: {photos: read.photos}, matrix: {like: draw}, resources: {cpu: 0.5, memory: 1.5GiB, gpu: 1}}
  mix:
    uses: mix-sets
    in: {faces: [align, lib.align, one], extra: []}
    retry: {times: 0, delay: 2500ms}
    with:
      ratio: \${params.ratio}
      note: "\${secret:TOKEN} \${env:NOTE} $\${params.x} # \\u0007 \\u2028 true"
`;
const FILES = {
  'base.yaml': 'stages: {align: {with: {margin: 0.125, label: null}, retry: 3}}',
  'lib.yaml':
    'params: {seed: 1}\nstages: {draw: {uses: draw-faces, with: {seed: "${params.seed}"}}, align: {uses: align-faces, in: {photos: draw}}}',
};
const ENV = { NOTE: 'yes ${x} "quoted"', SEED: '-', TOKEN: 'hidden' };

/** What has to be the same, but for where it is written. */
const essence = ({ name, engine, steps, secrets }: CheckedPipeline) => ({
  name,
  engine,
  secrets,
  steps: steps.map(step => ({ ...step, place: undefined, placesOf: undefined })),
});

describe('resolvedYaml()', () => {
  const rest: Rest = { files: FILES, env: ENV, profiles: ['p'] };

  test('loads again, in another folder, to the same steps', () => {
    const pipeline = accepted(EVERYTHING, rest);
    expect(pipeline.steps.length).toBeGreaterThan(15);
    const text = resolvedYaml(pipeline);
    expect(essence(accepted(text, { env: ENV, cwd: '/else/where' }))).toEqual(essence(pipeline));
    expect(resolvedYaml(accepted(text, { env: ENV }))).toBe(text);
  });

  test('does not hold a secret, and is readable', () => {
    const text = resolvedYaml(accepted(EVERYTHING, rest));
    expect(text).not.toContain('hidden');
    expect(text).toContain('\n  draw@seed=1,x=b.c:\n    uses: draw-faces\n    with:\n      seed: 1\n');
    expect(text).toContain('    in:\n      photos: draw@seed=1,x=b.c.photos\n');
  });

  test.each(readdirSync(FOLDER).filter(name => name.endsWith('.yaml')))('pipelines/%s loads again', name => {
    const shared = { cwd: join(FOLDER, '..'), stages: STAGES, disk: realDisk };
    const pipeline = accepted('', { ...shared, file: join(FOLDER, name) });
    expect(essence(accepted(resolvedYaml(pipeline), { stages: STAGES }))).toEqual(essence(pipeline));
  });

  test('a file that says so keeps such ids and takes nothing else', () => {
    const text =
      'resolved: true\nname: a\nstages: {a.b: {uses: draw-faces}, "c@x=1": {uses: align-faces, in: {photos: a.b.photos}}}';
    expect(accepted(text).steps.map(({ id }) => id)).toEqual(['a.b', 'c@x=1']);
    expect(refused(text.replace('resolved: true\n', ''))).toMatchObject([{ code: 'bad-name' }, { code: 'bad-name' }]);
    expect(refused(text.replace('true', 'yes'))[0]).toMatchObject({ code: 'wrong-kind', line: 1 });
    expect(refused(`${text}\nparams: {}`)).toMatchObject([{ code: 'unknown-key', line: 4 }]);
    expect(refused(text.replace('draw-faces', 'draw-faces, matrix: {x: [1]}'))[0]).toMatchObject({
      code: 'unknown-key',
    });
    expect(refused(text.replace('a.b:', '../a:'))[0]).toMatchObject({ code: 'bad-name', line: 3 });
  });
});
