import { identityFolder } from './identity-folder';

/** It has no splits but `train`. */
export const bupt = identityFolder({
  summary: 'BUPT-Balancedface: images/race_per_7000/<Group>/<identity>/<image>, split train only',
  places: split => (split === 'train' ? ['images/race_per_7000', 'race_per_7000', 'images', '.'] : []),
  mixed: ['images', '.'],
});
