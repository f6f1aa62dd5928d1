import { describe, expect, test } from '@jest/globals';
import { markup } from '../../src/pictures/page/markup';
import type { ReportSection } from '../../src/reports/section';
import { COMPARISONS } from '../helpers/comparisons';
import { parseSvg } from '../helpers/svg';

/** What every section of the report keeps to, whatever it shows. */
export function checkSection(name: string, { draw }: ReportSection): void {
  describe.each(Object.entries(COMPARISONS))(`section ${name} of %s`, (_, comparison) => {
    const drawn = draw(comparison);
    const text = drawn && markup`<h2>${drawn.title}</h2>${drawn.content}`.markup;
    const charts = text?.match(/<svg xmlns.*?<\/svg>(?=<\/div>|\n<svg xmlns)/gs) ?? [];

    test('has a title and something to show, or is absent', () => {
      if (drawn === undefined) return;
      expect(drawn.title).toMatch(/^\S.{2,79}$/);
      expect(drawn.content.map(part => part.markup).join('').length).toBeGreaterThan(50);
    });

    test('is the same each time', () => {
      expect(draw(comparison)).toEqual(drawn);
    });

    test('lets no name become markup', () => {
      // What is quoted is an attribute's value.
      expect((text ?? '').replace(/"[^"]*"/g, '""')).not.toMatch(/<(img|script|link|iframe)\b|<[^>]+\son\w+=/);
    });

    test('has every figure well-formed, with a title and a label for those who do not see it', () => {
      for (const chart of charts) {
        expect(() => parseSvg(chart)).not.toThrow();
        expect(chart).toMatch(/^<svg [^>]*role="img" aria-label="[^"]{3,}"[^>]*><title>[^<]{3,}<\/title>/);
      }
      expect((text ?? '').match(/<figure>/g) ?? []).toHaveLength((text ?? '').match(/<figcaption>/g)?.length ?? 0);
    });

    test('shows nothing that is no number', () => {
      expect(text ?? '').not.toMatch(/\b(NaN|Infinity|undefined<|null)\b/);
    });
  });

  test(`section ${name} is there where models have everything`, () => {
    expect(draw(COMPARISONS['three models and two groups']!)).toBeDefined();
  });
}
