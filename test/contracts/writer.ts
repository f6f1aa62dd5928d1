import { describe, expect, test } from '@jest/globals';
import type { BiasComparison } from '../../src/reports/compare';
import { COMPARISONS } from '../helpers/comparisons';

/** What every file of the report keeps to, for programs or for people. */
export function checkWriter(
  name: string,
  { file, render }: { readonly file: string; readonly render: (comparison: BiasComparison) => string },
): void {
  describe(`writer ${name}`, () => {
    test('has a plain file name', () => {
      expect(file).toMatch(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/);
    });

    test('names every model, group and accuracy', () => {
      const comparison = COMPARISONS['three models and two groups']!;
      const text = render(comparison);
      // 10 genuine pairs of 20 in a fold, 1 + model + group of them wrong.
      for (const expected of ['distilled', 'plain', 'teacher', 'A', 'B', '95', '90', '85', '80'])
        expect(text).toContain(expected);
    });

    test.each(Object.entries(COMPARISONS))('is the same each time, of %s', (_, comparison) => {
      const text = render(comparison);
      expect(render(comparison)).toBe(text);
      expect(text).not.toMatch(/\bNaN\b|\bInfinity\b|undefined,/);
      expect(text.endsWith('\n')).toBe(true);
    });
  });
}
