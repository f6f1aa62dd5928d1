import { existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openEventFile } from '../../../src/workflow/history/event-file';
import { quietFolder } from '../../../src/workflow/history/best-effort-folder';
import type { RunEvent } from '../../../src/workflow/run/events';

let folder: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairdistill-'));
  warnings = [];
});

const open = () => openEventFile(quietFolder(folder, text => void warnings.push(text)));
const log = (text: string): RunEvent => ({ time: 't', type: 'stage-log', stage: 'a', level: 'info', text });
const failed = (stage: string): RunEvent => ({ time: 't', type: 'stage-skipped', stage, because: 'b' });

describe('openEventFile()', () => {
  test('goes on in a file that is there, and closes twice without harm', () => {
    for (const text of ['one', 'two']) {
      const file = open();
      file.add(log(text));
      file.close();
    }
    expect(readFileSync(join(folder, 'events.jsonl'), 'utf8').match(/one|two/g)).toEqual(['one', 'two']);
    expect(warnings).toEqual([]);
  });

  test('writes at once what others wait for, with all that came before', () => {
    const file = open();
    file.add(log('first'));
    expect(readFileSync(join(folder, 'events.jsonl'), 'utf8')).toBe('');
    file.add({ time: 't', type: 'stage-started', stage: 'a', uses: 'say', key: 'k', attempt: 1, gpus: [] });
    expect(readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
    file.close();
  });

  const test_ = existsSync('/dev/full') ? test : test.skip;
  test_('tells a full disk once, and throws nothing', () => {
    symlinkSync('/dev/full', join(folder, 'events.jsonl'));
    const file = open();
    for (let index = 0; index < 5; index++) {
      file.add(failed(`${index}`));
      file.flush();
    }
    file.close();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('ENOSPC');
  });
});
