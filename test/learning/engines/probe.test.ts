import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { forgetProbes, probe } from '../../../src/learning/engines/probe';

let notes: string;
beforeEach(() => {
  notes = mkdtempSync(join(tmpdir(), 'fairdistill-notes-'));
});

/** Appends a letter to a file each time that it runs, and answers with how many are there. */
function counting(subject = 'a library'): Parameters<typeof probe>[0] {
  const file = JSON.stringify(join(notes, 'runs'));
  return {
    name: 'toy',
    subject,
    program: `const fs = require('fs'); fs.appendFileSync(${file}, 'x'); console.log('noise'); console.log(fs.readFileSync(${file}).length)`,
  };
}

describe('probe()', () => {
  test('gives the JSON in the last line that the program prints, and remembers it', () => {
    expect(probe(counting(), notes)).toMatchObject({ found: 1 });
    expect(probe(counting(), notes)).toMatchObject({ found: 1 });
    expect(readFileSync(join(notes, 'runs'), 'utf8')).toBe('x');
  });

  test('runs again for another subject, and once it was told to forget', () => {
    probe(counting(), notes);
    expect(probe(counting('another library'), notes)).toMatchObject({ found: 2 });
    forgetProbes(notes);
    expect(probe(counting(), notes)).toMatchObject({ found: 3 });
  });

  test.each(['{"fou', '[]', '"abc"', '{"found":7}', '{"found":null}', ''])('runs again when its note is %j', text => {
    probe(counting(), notes);
    const folder = join(notes, 'engine-probes');
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), text);
    expect(probe(counting(), notes)).toMatchObject({ found: 2 });
  });

  test('runs again when a byte of its note is another one', () => {
    probe(counting(), notes);
    const folder = join(notes, 'engine-probes');
    const [name] = readdirSync(folder);
    const text = readFileSync(join(folder, name!), 'utf8');
    writeFileSync(join(folder, name!), text.replace('"found": 1', '"found": 9'));
    expect(text).toContain('"found": 1');
    expect(probe(counting(), notes)).toMatchObject({ found: 2 });
  });

  test.each([
    [
      'the error that ends it',
      "throw new TypeError('libcudart.so is missing')",
      /^TypeError: libcudart.so is missing$/,
    ],
    ['the signal that ends it', "process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000)", /^SIGSEGV$/],
    ['the exit code', 'process.exit(3)', /^exit code 3$/],
    ['that there was no answer', '', /^it ended without an answer$/],
  ])('reports %s, and remembers that, too', (_, program, problem) => {
    const told = [1, 2].map(() => probe({ name: 'toy', subject: '', program }, notes).problem);
    expect(told).toEqual([expect.stringMatching(problem), told[0]]);
  });

  test('reports what it found where no note can be written', () => {
    writeFileSync(join(notes, 'engine-probes'), 'a file in the place of the folder');
    expect(probe(counting(), notes)).toMatchObject({ found: 1 });
  });
});
