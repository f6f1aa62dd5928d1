import { describe, expect, test } from '@jest/globals';
import { lastLines, wholeLines } from '../../../src/workflow/executors/whole-lines';

function passedOf(...chunks: readonly (string | Buffer)[]): string[] {
  const passed: string[] = [];
  const lines = wholeLines(text => void passed.push(text));
  for (const chunk of chunks) lines.take(Buffer.from(chunk));
  lines.end();
  return passed;
}

describe('wholeLines()', () => {
  test('puts together what a pipe has cut: a word, a letter of several octets, a last line without end', () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    expect(passedOf('one\ntwo ses', 'ame-open', '\nthree ', first, second)).toEqual([
      'one\n',
      'two sesame-open\n',
      'three é',
    ]);
  });

  test('takes a carriage return for an end, as progress bars do', () => {
    expect(passedOf('10 %\r20', ' %\r')).toEqual(['10 %\r', '20 %\r']);
  });

  test('marks where it had to cut a line that does not end', () => {
    const passed = passedOf('x'.repeat(100_000));
    expect(passed.map(text => text.length)).toEqual([65_538, 1 + 100_000 - 65_536]);
    expect([passed[0]!.endsWith('x…\n'), passed[1]!.startsWith('…x')]).toEqual([true, true]);
  });
});

describe('lastLines()', () => {
  test.each([
    ['short', 10, 'short'],
    ['first line\nsecond\nthird\n', 15, 'second\nthird\n'],
    ['first\nvery long line', 9, '…long line'],
    ['first\nlast line\n', 5, '…line\n'],
  ])('of %j in %j characters are %j', (text, most, last) => {
    expect(lastLines(text, most)).toBe(last);
  });
});
