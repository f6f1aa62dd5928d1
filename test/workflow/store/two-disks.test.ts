import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lastOf, runToEnd, textOf, toyPipeline } from '../../helpers/rig';
import { TOYS } from '../../helpers/toy-stages';

const OTHER = '/dev/shm';
const hasTwo = existsSync(OTHER) && statSync(OTHER).dev !== statSync(tmpdir()).dev;
if (!hasTwo) process.stdout.write('no store on two disks, because there is one only\n');

let root: string;
let elsewhere: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fairdistill-'));
  elsewhere = hasTwo ? mkdtempSync(join(OTHER, 'fairdistill-')) : '';
});

afterEach(() => {
  rmSync(root, { recursive: true });
  if (hasTwo) rmSync(elsewhere, { recursive: true });
});

const pipeline = toyPipeline({ a: { uses: 'say', with: { word: 'a' } } }, TOYS);

describe('a store of which', () => {
  (hasTwo ? test : test.skip)(
    'the hidden part lies on another disk works, and leaves nothing beside its names',
    async () => {
      symlinkSync(elsewhere, join(root, '.store'));
      for (let times = 0; times < 2; times++) {
        expect(lastOf(await runToEnd(pipeline, root))).toMatchObject({ outcome: 'done', reused: times, warnings: [] });
      }
      expect(await textOf(root, 'a')).toBe('a ');
      expect(readFileSync(join(root, 'toy', 'index.html'), 'utf8')).toContain('<h1>toy</h1>');
      expect(readdirSync(join(root, 'toy')).sort()).toEqual(['a', 'index.html']);
    },
  );

  (hasTwo ? test : test.skip)(
    'the folder for work in progress lies on another disk fails with what to do',
    async () => {
      mkdirSync(join(root, '.store'));
      symlinkSync(elsewhere, join(root, '.store', 'tmp'));
      const events = await runToEnd(pipeline, root);
      const failure = events.find(event => event.type === 'stage-failed');
      expect(failure).toMatchObject({ error: { code: 'storage', exit: 6, message: expect.stringContaining('EXDEV') } });
      expect(lastOf(events).exit).toBe(6);
    },
  );
});
