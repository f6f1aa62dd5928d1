/** Limits that no real pipeline comes near; they bound the time and memory that hostile files can take. */
export const MAX_FILES = 64;
export const MAX_BYTES = 1_000_000;
export const MAX_DEPTH = 32;
export const MAX_TOKENS = 200_000;
export const MAX_VALUES = 100_000;
export const MAX_ALIASES = 100;
/** Cells of matrices and imported stages included. */
export const MAX_STEPS = 10_000;
/** Artifacts that steps read: the square of the number of steps is more than anybody can wait for. */
export const MAX_CONNECTIONS = 200_000;
/** Values and characters of the options of all steps, with everything inserted. */
const MAX_EXPANDED_VALUES = 500_000;
const MAX_EXPANDED_CHARACTERS = 20_000_000;

/** What is left of the limits for all files of a pipeline together. */
export interface Budget {
  files: number;
  bytes: number;
  tokens: number;
  values: number;
  aliases: number;
}

export function fullBudget(): Budget {
  return { files: MAX_FILES, bytes: MAX_BYTES, tokens: MAX_TOKENS, values: MAX_VALUES, aliases: MAX_ALIASES };
}

/** What is left for inserting values: a file can be small and what it expands to huge. */
export interface ExpansionBudget {
  values: number;
  characters: number;
}

export function fullExpansionBudget(): ExpansionBudget {
  return { values: MAX_EXPANDED_VALUES, characters: MAX_EXPANDED_CHARACTERS };
}
