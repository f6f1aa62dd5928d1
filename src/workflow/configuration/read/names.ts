/** Of pipelines, stages, profiles and prefixes of imports: one component of a path on every file system. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const NAME_RULE = 'small letters, digits and "-", at most 64, beginning with a letter or digit';

/** Of parameters and of the keys of a matrix. */
export const PARAM_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
export const PARAM_RULE = 'letters, digits, "_" and "-"';

/** Of variables of the environment. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;
export const VARIABLE_RULE = 'letters, digits and "_", as the names of variables are';

/** Of a step as the engine knows it: `faces.align`, `student@seed=1,weight=0`. */
export const STEP_ID = /^[a-z0-9][A-Za-z0-9._@=,+~-]{0,199}$/;
export const LONGEST_STEP_ID = 200;
/** `seed=1,weight=0`: with the id before it, a name stays below what file systems take. */
export const LONGEST_CELL_NAME = 70;

/** Folders beside those of the pipelines that the engine keeps for itself. */
export const RESERVED_NAMES = ['runs'];
