import { describe, expect, test } from '@jest/globals';
import {
  printDiagnostics,
  toDiagnostics,
  type Diagnostic,
} from '../../../../src/workflow/configuration/read/diagnostics';

const at = (line: number, column: number, length: number, text = ''): Diagnostic => ({
  code: 'wrong-kind',
  message: 'Found it',
  file: '/here/pipelines/a.yaml',
  line,
  column,
  length,
  text,
});

const shown = (path: string): string => path.replace('/here/', '');

/** Source line and squiggle as printed, without the four columns before them. */
function printed(text: string, diagnostic: Diagnostic): [string, string] {
  const [, source, squiggle] = printDiagnostics([{ ...diagnostic, text }], shown).split('\n');
  return [source!.slice(4), squiggle!.slice(4)];
}

describe('toDiagnostics()', () => {
  const place = (text: string, start: number, end: number) =>
    toDiagnostics([{ code: 'wrong-kind', message: 'm', span: { source: { path: '/a', text }, start, end } }], [])[0];

  test('counts lines and columns from 1', () => {
    expect(place('ab\ncd\n', 0, 1)).toMatchObject({ line: 1, column: 1, length: 1 });
    expect(place('ab\ncd\n', 3, 5)).toMatchObject({ line: 2, column: 1, length: 2 });
    expect(place('ab\ncd\n', 4, 5)).toMatchObject({ line: 2, column: 2, length: 1 });
  });

  test('marks the part of the first line of what takes several, without its line end', () => {
    expect(place('ab\ncd', 1, 5)).toMatchObject({ line: 1, column: 2, length: 1 });
    expect(place('ab\r\ncd', 0, 6)).toMatchObject({ line: 1, column: 1, length: 2 });
  });

  test('marks one column of what has no length, of a line end, and of the end of the text', () => {
    expect(place('ab\ncd', 2, 2)).toMatchObject({ line: 1, column: 3, length: 1 });
    expect(place('ab\ncd', 5, 5)).toMatchObject({ line: 2, column: 3, length: 1 });
    expect(place('ab\n', 3, 3)).toMatchObject({ line: 2, column: 1, length: 1 });
    expect(place('', 0, 1)).toMatchObject({ line: 1, column: 1, length: 1 });
  });

  test('sorts by line, then column', () => {
    const source = { path: '/a', text: 'ab\ncdef' };
    const spans = [5, 0, 3, 4].map(start => ({
      code: 'wrong-kind' as const,
      message: 'm',
      span: { source, start, end: start + 1 },
    }));
    expect(toDiagnostics(spans, [source]).map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
  });
});

describe('toDiagnostics() of several files', () => {
  test('gives file by file in the order of reading, each with the line of its own text', () => {
    const [main, base] = [
      { path: '/main', text: 'ab\r\ncd' },
      { path: '/base', text: 'ef' },
    ];
    const problem = (source: typeof main, start: number) => ({
      code: 'wrong-kind' as const,
      message: 'm',
      span: { source, start, end: start + 1 },
    });
    const diagnostics = toDiagnostics([problem(base, 1), problem(main, 5), problem(main, 0)], [main, base]);
    expect(diagnostics.map(({ file, line, text }) => [file, line, text])).toEqual([
      ['/main', 1, 'ab'],
      ['/main', 2, 'cd'],
      ['/base', 1, 'ef'],
    ]);
  });
});

describe('printDiagnostics()', () => {
  test('shows place, message, line, squiggle, and the same for notes', () => {
    const note = { ...at(1, 16, 5, 'params: {loss: cosin}'), message: 'It is defined here' };
    const diagnostic = { ...at(3, 11, 14, '    loss: ${params.loss}'), notes: [note] };
    expect(printDiagnostics([diagnostic, at(2, 1, 6, 'stages:')], shown)).toBe(
      `pipelines/a.yaml:3:11 Found it
        loss: \${params.loss}
              ~~~~~~~~~~~~~~
  pipelines/a.yaml:1:16 It is defined here
      params: {loss: cosin}
                     ~~~~~

pipelines/a.yaml:2:1 Found it
    stages:
    ~~~~~~
`,
    );
  });

  test('keeps the squiggle under the part after tabs', () => {
    expect(printed('\ta:\tbad', at(1, 5, 3))).toEqual(['  a:  bad', '      ~~~']);
  });

  test('counts two columns for wide characters and none for marks', () => {
    expect(printed('顔: bad', at(1, 4, 3))).toEqual(['顔: bad', '    ~~~']);
    expect(printed('🙂: bad', at(1, 5, 3))).toEqual(['🙂: bad', '    ~~~']);
    expect(printed('e\u0301: bad', at(1, 5, 3))).toEqual(['e\u0301: bad', '   ~~~']);
    expect(printed('a: 顔顔', at(1, 4, 2))).toEqual(['a: 顔顔', '   ~~~~']);
  });

  test('shows control and invisible characters as escapes', () => {
    expect(printed('a\u001b: bad', at(1, 5, 3))).toEqual(['a\\u001b: bad', '         ~~~']);
    expect(printed('a\u202e: bad', at(1, 5, 3))).toEqual(['a\\u202e: bad', '         ~~~']);
  });

  test('clips a long line round the part', () => {
    const text = `${'x'.repeat(500)}bad${'y'.repeat(500)}`;
    const [source, squiggle] = printed(text, at(1, 501, 3));
    expect(source).toBe(`…${'x'.repeat(50)}bad${'y'.repeat(47)}…`);
    expect(squiggle).toBe(`${' '.repeat(51)}~~~`);
    expect(printed(text, at(1, 1, 1))[0]).toBe(`${'x'.repeat(100)}…`);
    expect(printed(text, at(1, 501, 400))[1]).toBe(`${' '.repeat(51)}${'~'.repeat(50)}`);
  });

  test('does not cut a character in two', () => {
    const [source] = printed(`${'🙂'.repeat(200)}bad`, at(1, 401, 3));
    expect(source).toBe(`…${'🙂'.repeat(25)}bad`);
  });

  test('shows a place at the end of the text, and one after it', () => {
    expect(printed('ab', at(1, 3, 1))).toEqual(['ab', '  ~']);
    expect(printed('', at(1, 1, 1))).toEqual(['', '~']);
  });

  test('no mistakes are no text', () => {
    expect(printDiagnostics([], shown)).toBe('');
  });
});
