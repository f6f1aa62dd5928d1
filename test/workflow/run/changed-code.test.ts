import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { REPOSITORY } from '../../helpers/run-cli';
import { temporaryFolder } from '../../helpers/temporary-folder';

/** The built command line in a copy, whose build a test may change while a run is going on. */
describe('a build during a run', () => {
  let copy: string;
  let folder: string;

  beforeAll(async () => {
    copy = await temporaryFolder();
    folder = join(copy, 'study');
    await mkdir(folder);
    for (const path of ['dist', 'package.json'])
      await cp(join(REPOSITORY, path), join(copy, path), { recursive: true });
    await symlink(join(REPOSITORY, 'node_modules'), join(copy, 'node_modules'));
    await writeFile(join(folder, 'small.yaml'), PIPELINE);
  }, 60_000);

  const COUNTS = join('dist', 'src', 'datasets', 'mixing', 'mix-counts.js');
  const [BEFORE, AFTER] = ['if (had >= wanted)', 'if (had + 1 >= wanted)'];

  test('ends the stages that would run it, keeps nothing of them, and is over with the next run', async () => {
    const text = await readFile(join(copy, COUNTS), 'utf8');
    expect(text).toContain(BEFORE);
    const change = () => writeFile(join(copy, COUNTS), text.replace(BEFORE, AFTER));
    const disturbed = await pipeline('once', change);
    expect(disturbed.code).toBe(1);
    expect(disturbed.finished).toHaveLength(6);
    expect(disturbed.failures).toEqual([
      ['mix', 'code-changed', expect.stringMatching(/src\/datasets\/mixing\/mix-counts changed during the run/)],
    ]);
    await writeFile(join(copy, COUNTS), text);
    const again = await pipeline('once');
    expect([again.code, again.reused.length, again.finished]).toEqual([0, 6, ['mix']]);
    const undisturbed = await pipeline('fresh');
    expect(undisturbed.digests).toEqual(again.digests);
  }, 300_000);

  /** `whenStarted` is called once, when the first stage has started. */
  async function pipeline(artifacts: string, whenStarted?: () => Promise<void>) {
    const args = ['run', 'small.yaml', '--jobs', '1', '--json', '--artifacts', artifacts];
    const child = spawn(process.execPath, [join(copy, 'dist', 'src', 'cli.js'), ...args], { cwd: folder });
    let out = '';
    let changing: Promise<void> | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (whenStarted && out.includes('"stage-started"')) changing ??= whenStarted();
    });
    const code = await new Promise(resolve => child.on('close', resolve));
    await changing;
    const events = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Event);
    const of = (type: string) => events.filter(event => event.type === type);
    return {
      code,
      finished: of('stage-finished').map(({ stage }) => stage),
      reused: of('stage-reused').map(({ stage }) => stage),
      failures: of('stage-failed').map(({ stage, error }) => [stage, error.code, error.message]),
      digests: [...of('stage-finished'), ...of('stage-reused')].map(({ stage, digest }) => `${stage} ${digest}`).sort(),
    };
  }
});

interface Event {
  readonly type: string;
  readonly stage: string;
  readonly digest: string;
  readonly error: { readonly code: string; readonly message: string };
}

const PIPELINE = `
name: small
stages:
${['real', 'synthetic'].map(domain => faces(domain)).join('')}
  mix: { uses: mix-datasets, in: { real: align-real, synthetic: align-synthetic }, with: { realShare: 0.5, seed: 1 } }
`;

function faces(domain: string): string {
  const few = `domain: ${domain}, seed: 1, groups: [A], trainIdentities: 4, trainImages: 3, testIdentities: 0`;
  return `
  draw-${domain}: { uses: synthesize-faces, with: { ${few} } }
  read-${domain}: { uses: read-faces, in: { folder: draw-${domain} }, with: { split: train, domain: ${domain} } }
  align-${domain}: { uses: align-faces, in: { photos: read-${domain} } }`;
}
