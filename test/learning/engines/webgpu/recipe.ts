import { BASE_RECIPE, changed } from '../../../helpers/recipes';

export const RECIPE = changed(BASE_RECIPE, { batch: 4, sgd: { learningRate: 0.05 } });
