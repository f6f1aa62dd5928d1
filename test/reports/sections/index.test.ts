import { SECTIONS } from '../../../src/reports/sections';
import { checkSection } from '../../contracts/section';

for (const name of SECTIONS.names) checkSection(name, SECTIONS.members[name]);
