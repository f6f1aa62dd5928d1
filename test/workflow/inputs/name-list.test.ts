import { describe, expect, test } from '@jest/globals';
import { nameList } from '../../../src/workflow/inputs/name-list';
import { seededRandom } from '../../../src/kit/math/random';

function sortedNames(names: readonly string[], isFolder: (name: string) => boolean = () => false): string[] {
  const list = nameList();
  names.forEach(name => list.add(name, isFolder(name), isFolder(name) ? 1 : 0));
  const sorted = list.sorted();
  return Array.from({ length: sorted.length }, (_, index) => sorted.name(index));
}

describe('nameList()', () => {
  test('sorts as strings are compared, characters beyond U+FFFF before U+E000 included', () => {
    const names = [
      'b',
      'a',
      'ab',
      '',
      'é',
      'z',
      '\u{1f600}',
      '\ue000',
      '\uffee',
      '\ud7ff',
      '漢',
      'a\n',
      'A',
      '\u{10ffff}x',
    ];
    expect(sortedNames(names)).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
  });

  test('sorts some thousand names, and gives each with its kind', () => {
    const random = seededRandom(1, 'names');
    const names = [
      ...new Set(Array.from({ length: 5000 }, () => String(Math.floor(random.uniform() * 1e9)).slice(0, 6))),
    ];
    const list = nameList();
    names.forEach(name => list.add(name, false, Number(name) % 256));
    const sorted = list.sorted();
    const wanted = [...names].sort((a, b) => (a < b ? -1 : 1));
    expect(Array.from({ length: sorted.length }, (_, i) => [sorted.name(i), sorted.kind(i)])).toEqual(
      wanted.map(name => [name, Number(name) % 256]),
    );
  });

  test('puts a folder where its files come in the order of whole paths', () => {
    expect(sortedNames(['a', 'a.b', 'a-b', 'a0', 'ab'], name => name === 'a')).toEqual(['a-b', 'a.b', 'a', 'a0', 'ab']);
  });

  test('is empty without names', () => {
    expect(nameList().sorted()).toHaveLength(0);
  });
});
