import { describe, expect, test } from '@jest/globals';
import { escapeText } from '../../../src/kit/text/escape-text';

describe('escapeText()', () => {
  test.each([
    [`"quotes" and 'quotes'`, '&quot;quotes&quot; and &#39;quotes&#39;'],
    ['</script><b>&amp;', '&lt;/script&gt;&lt;b&gt;&amp;amp;'],
    ['\u0000\u0007\u001b[31m', '\uFFFD\uFFFD\uFFFD[31m'],
    ['a\u202Egpj.exe\u2066b\u2069', 'a\uFFFDgpj.exe\uFFFDb\uFFFD'],
    ['\uFFFE\uFFFF', '\uFFFD\uFFFD'],
    ['\uD800x\uDC00', '\uFFFDx\uFFFD'],
    ['tab\tline\nend\r', 'tab\tline\nend\r'],
    ['Zoë 李 \u{1F600} \u200D', 'Zoë 李 \u{1F600} \u200D'],
    ['', ''],
  ])('%j becomes %j', (text, wanted) => expect(escapeText(text)).toBe(wanted));
});
