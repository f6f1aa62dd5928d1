import { describe, expect, test } from '@jest/globals';
import { flagsThatMatter, joinFlags, splitNodeOptions } from '../../../src/workflow/keys/node-flags';

describe('flagsThatMatter()', () => {
  test.each([
    '--max-old-space-size=8192',
    '--max_old_space_size=8192',
    '--max-semi-space-size=64',
    '--stack-trace-limit=100',
    '--no-warnings',
    '--trace-warnings',
    '--trace-event-categories=node',
    '--enable-source-maps',
    '--inspect=127.0.0.1:0',
    '--disable-warning=DEP0040',
  ])('leaves out %s', flag => {
    expect(flagsThatMatter([flag])).toEqual([]);
  });

  test.each([
    '--require=x.js',
    '-r',
    '--import=x.mjs',
    '--loader=x.mjs',
    '--random-seed=1',
    '--jitless',
    '--icu-data-dir=x',
  ])('keeps %s', flag => {
    expect(flagsThatMatter([flag])).toEqual([flag]);
  });

  test('takes a value for that of the flag before it, and keeps the order', () => {
    const args = ['--trace-event-categories', 'v8', '-r', 'a.js', '--no-warnings', '--import', 'b.mjs'];
    expect(flagsThatMatter(args)).toEqual(['-r', 'a.js', '--import', 'b.mjs']);
  });

  test('does not take the beginning of a flag for the flag', () => {
    expect(flagsThatMatter(['--stack-trace-limits=1', '--x--no-warnings'])).toHaveLength(2);
  });
});

describe('splitNodeOptions()', () => {
  test('parts at blanks, but within quotation marks', () => {
    const text = ' --a   --require "/my folder/\\"x\\".js" --import="b c.mjs" --d\\e';
    expect(splitNodeOptions(text)).toEqual(['--a', '--require', '/my folder/"x".js', '--import=b c.mjs', '--d\\e']);
    expect(splitNodeOptions('')).toEqual([]);
    expect(splitNodeOptions('--a "not closed')).toEqual(['--a', 'not closed']);
  });
});

describe('joinFlags()', () => {
  test('tells arguments apart that hold blanks', () => {
    expect(joinFlags(['-r', 'a b.js'])).toBe('-r "a b.js"');
    expect(joinFlags(['-r', 'a', 'b.js'])).toBe('-r a b.js');
  });
});
