import { expect, test } from '@jest/globals';
import { LAYOUTS } from '../../../src/datasets/layouts';
import { openDataset } from '../../../src/datasets/layouts/open-dataset';
import { checkLayout } from '../../contracts/layout';
import { temporaryFolder } from '../../helpers/photo-folder';
import { EXAMPLES } from './examples';

test('every layout has an example', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual([...LAYOUTS.names].sort());
});

test.each(LAYOUTS.names)('%s, stated for a folder of nothing, says what it needs', async name => {
  const { split } = EXAMPLES[name]!;
  const root = await temporaryFolder('nothing');
  const needs = LAYOUTS.members[name].needs(split);
  await expect(openDataset(root, name, { split })).rejects.toMatchObject({
    code: 'unknown-layout',
    message:
      `Cannot read data set ${root} as ${name}: it needs ${needs}; the folder holds nothing. ` +
      `No other layout fits: give the folder above, or another split than "${split}"`,
  });
});

for (const name of LAYOUTS.names) {
  const { [name]: own, ...others } = EXAMPLES;
  checkLayout(name, LAYOUTS.members[name], own!, others);
}
