import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readSources } from '../../../helpers/sources';

const ROOT = join(__dirname, '..', '..', '..', '..');
const LIST = 'src/workflow/configuration/read/problem-codes.ts';

// That there is no other code, the compiler holds.
test('the codes of mistakes in pipeline files are a list in order, each once, and all are used', () => {
  const codes = [...readFileSync(join(ROOT, LIST), 'utf8').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(60);
  expect(codes).toEqual([...new Set(codes)].sort());
  const others = readSources(ROOT, ['src/workflow/configuration']).filter(({ path }) => path !== LIST);
  const text = others.map(({ path }) => readFileSync(join(ROOT, path), 'utf8')).join('\n');
  expect(codes.filter(code => !text.includes(`'${code}'`))).toEqual([]);
});
