import { describe, expect, test } from '@jest/globals';
import { csvLine, parseCsv } from '../../../src/kit/text/csv';

describe('csvLine()', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [-1.5, '-1.5'],
    ['a,b"c', '"a,b""c"'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['+49', "'+49"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a=1', 'a=1'],
  ])('writes %j as %j', (value, field) => {
    expect(csvLine([value])).toBe(`${field}\n`);
  });

  test('puts commas between fields, and no comma that is not one', () => {
    expect(csvLine(['a,b', 1, null, true, '"'])).toBe('"a,b",1,,true,""""\n');
    expect(csvLine([])).toBe('\n');
  });
});

describe('parseCsv()', () => {
  test('gives back what was written', () => {
    const rows = [['a', 'b,c', 'say "x"'], ['two\nlines', '', 'ü'], ['']];
    expect(parseCsv(rows.map(csvLine).join(''))).toEqual(rows);
  });

  test.each([
    ['', []],
    ['a,b', [['a', 'b']]],
    ['a\r\nb\r\n', [['a'], ['b']]],
    ['a,', [['a', '']]],
    ['a\n"cut off', [['a'], ['"cut off']]],
    ['"a"b,c', [['"a"b', 'c']]],
  ])('reads %j', (text, rows) => expect(parseCsv(text)).toEqual(rows));
});
