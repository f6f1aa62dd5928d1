import type { Recipe } from '../../src/learning/training/recipe';
import { BASE_RECIPE } from '../helpers/recipes';

/** How the benches train, but for the batch: the step that PyTorch's side (torch_student.py) takes. */
export const BENCH_RECIPE: Omit<Recipe, 'batch'> = BASE_RECIPE;
