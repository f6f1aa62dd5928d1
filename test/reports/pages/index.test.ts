import { expect, test } from '@jest/globals';
import { PAGES } from '../../../src/reports/pages';
import { SECTIONS } from '../../../src/reports/sections';
import { COMPARISONS } from '../../helpers/comparisons';
import { checkWriter } from '../../contracts/writer';

for (const name of PAGES.names) checkWriter(name, PAGES.members[name]);

test.each(Object.entries(COMPARISONS))(
  'html has the sections of the list that have something to show: %s',
  (_, one) => {
    const found = [...PAGES.members.html.render(one).matchAll(/<section id="([^"]*)">/g)].map(([, id]) => id);
    expect(found).toEqual(SECTIONS.names.filter(name => SECTIONS.members[name].draw(one) !== undefined));
  },
);
