import { describe, expect, test } from '@jest/globals';
import { link, markup, trusted } from '../../../src/pictures/page/markup';
import { wholePage } from '../../../src/pictures/page/whole-page';

const EVIL = `</script>"'&\u0000\u202E`;
const HARMLESS = '&lt;/script&gt;&quot;&#39;&amp;\uFFFD\uFFFD';

describe('markup', () => {
  test('escapes text and leaves markup and lists of it as they are', () => {
    const items = ['a', EVIL].map(text => markup`<li>${text}</li>`);
    expect(markup`<ul title="${EVIL}">${items}</ul>${trusted('<br>')}${7}`.markup).toBe(
      `<ul title="${HARMLESS}"><li>a</li>\n<li>${HARMLESS}</li></ul><br>7`,
    );
    expect(markup`${[]}`.markup).toBe('');
  });

  test('has addresses in which every part is one name', () => {
    expect(link('a/b', '..?#"', 'ü')).toBe('a%2Fb/..%3F%23%22/%C3%BC');
  });
});

describe('wholePage()', () => {
  const page = (pictures?: boolean): string =>
    wholePage({ title: EVIL, style: 'a > b { color: red }', body: markup`<p>${EVIL}</p>`, pictures });

  test('escapes its title and keeps style and body', () => {
    expect(page()).toContain(`<title>${HARMLESS}</title>\n<style>a > b { color: red }</style>`);
    expect(page()).toContain(`<body>\n<p>${HARMLESS}</p>\n</body>`);
  });

  test('forbids to load anything, unless pictures lie beside it', () => {
    expect(page()).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page(true)).not.toContain('Content-Security-Policy');
  });
});
