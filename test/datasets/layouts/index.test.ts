import { expect, test } from '@jest/globals';
import { LAYOUTS } from '../../../src/datasets/layouts';
import { checkLayout } from '../../contracts/layout';
import { EXAMPLES } from './examples';

test('every layout has an example', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual([...LAYOUTS.names].sort());
});

for (const name of LAYOUTS.names) {
  const { [name]: own, ...others } = EXAMPLES;
  checkLayout(name, LAYOUTS.members[name], own!, others);
}
