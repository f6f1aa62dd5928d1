import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(__dirname, '..');
const LIST = join('src', 'error-codes.ts');
const CODES = [...read(LIST).matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, code]) => code!);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('the codes of errors', () => {
  test('are a list in order, each once', () => {
    expect(CODES.length).toBeGreaterThan(100);
    expect(CODES).toEqual([...new Set(CODES)].sort());
  });

  test('are explained in docs/errors.md, all of them and no other', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \|$/gm)];
    expect(rows.map(([, code]) => code)).toEqual(CODES);
    expect(rows.filter(([, , meaning, todo]) => ![meaning, todo].every(text => /^\S.*\.$/.test(text!)))).toEqual([]);
  });

  test('are all used', () => {
    const texts = ['src', 'stages'].flatMap(folder =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .map(name => join(folder, name))
        .filter(path => path.endsWith('.ts') && path !== LIST)
        .map(read),
    );
    const literals = new Set(
      texts.flatMap(text => [...text.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, word]) => word)),
    );
    expect(CODES.filter(code => !literals.has(code))).toEqual([]);
  });
});
