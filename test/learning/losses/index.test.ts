import type { Loss } from '../../../src/learning/losses/loss';
import { LOSSES } from '../../../src/learning/losses';
import { checkLoss } from '../../contracts/loss';

for (const [name, loss] of Object.entries<Loss>(LOSSES.members)) checkLoss(name, loss);
