import { expect, test } from '@jest/globals';
import { wrap } from '../../../src/kit/text/wrap';

test('wrap() breaks at spaces, further in after the first line, and keeps long words whole', () => {
  expect(wrap('one two three extraordinarily', { indent: 1, hanging: 2, width: 9 })).toBe(
    ' one two\n  three\n  extraordinarily\n',
  );
});
