/** Of oneDNN: all but those that only report or store. */
export const ONEDNN_VARIABLES = '(DNNL|ONEDNN)_(?!VERBOSE|JIT_DUMP|JIT_PROFILE|PRIMITIVE_CACHE)\\w+';

/**
 * Of OpenMP, as the text of a regular expression: limits and parts of threads, by which sums are cut; not where threads lie, how they wait, and
 * what is reported.
 * @param others ends of names that do not count either
 */
export function openmpVariables(...others: readonly string[]): string {
  const silent = [
    'DISPLAY_',
    'PROC_BIND',
    'PLACES',
    'WAIT_POLICY',
    'STACKSIZE',
    'AFFINITY',
    'BLOCKTIME',
    'SETTINGS',
    'WARNINGS',
    'VERSION',
  ];
  return `(OMP|KMP)_(?!${[...silent, ...others].join('|')})\\w+`;
}
