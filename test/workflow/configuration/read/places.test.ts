import { describe, expect, test } from '@jest/globals';
import { accepted } from '../load-toy';

const TEXT = `name: a
params: {crop: {top: 1, left: 2}, groups: [A, B], note: x}
stages:
  draw: {uses: draw-faces, with: {groups: "\${params.groups}"}}
  align: {uses: align-faces, in: {photos: draw}, with: {crop: "\${params.crop}"}}
  mix:
    uses: mix-sets
    in: {faces: [align, align.faces], extra: align}
    with: {ratio: 1, note: "\${params.note} and \${params.crop.top}"}
`;

/** Places of a leaf as `line:column text`. */
const places = (id: string, leaf: string, set: Record<string, string> = {}) => {
  const step = accepted(TEXT, { set }).steps.find(one => one.id === id)!;
  return step.placesOf(leaf).map(({ line, column, text }) => `${line}:${column} ${text}`);
};

describe('placesOf()', () => {
  test('a value of the file', () => {
    expect(places('mix', 'options.ratio')).toEqual(['9:19 1']);
  });

  test('parts of a parameter, the definition first', () => {
    expect(places('align', 'options.crop.left')).toEqual(['2:31 2', '5:63 "${params.crop}"']);
    expect(places('draw', 'options.groups[1]')).toEqual(['2:47 B', '4:43 "${params.groups}"']);
    expect(places('mix', 'options.note')).toEqual(['2:57 x', '2:22 1', '9:28 "${params.note} and ${params.crop.top}"']);
  });

  test('an argument comes before what it replaces', () => {
    expect(places('align', 'options.crop.left', { 'crop.left': '5' })).toEqual([
      '0:0 --set crop.left=5',
      '2:31 2',
      '5:63 "${params.crop}"',
    ]);
    const [first] = accepted(TEXT, { set: { note: 'y' } })
      .steps.at(-1)!
      .placesOf('options.note');
    expect(first).toEqual({ file: '--set', line: 0, column: 0, text: '--set note=y' });
  });

  test('inputs by their number, and the port for one that is gone', () => {
    expect(places('mix', 'inputs.faces[0]')).toEqual(['8:18 align']);
    expect(places('mix', 'inputs.faces[1]')).toEqual(['8:25 align.faces']);
    expect(places('mix', 'inputs.extra[0]')).toEqual(['8:46 align']);
    expect(places('mix', 'inputs.faces[7]')).toEqual(['8:10 faces']);
  });

  test.each([
    'options.nothing',
    'options.template',
    'options.crop.right',
    'options.groups[5]',
    'code',
    'inputs.none[0]',
    '',
  ])('nothing for a default and what no file says: %j', leaf => expect(places('align', leaf)).toEqual([]));
});
