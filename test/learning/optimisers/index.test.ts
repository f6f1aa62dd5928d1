import { OPTIMISERS } from '../../../src/learning/optimisers';
import type { Optimiser } from '../../../src/learning/optimisers/optimiser';
import { checkOptimiser } from '../../contracts/optimiser';

for (const [name, optimiser] of Object.entries<Optimiser>(OPTIMISERS.members)) checkOptimiser(name, optimiser);
