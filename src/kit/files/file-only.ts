import { constants } from 'node:fs';

/**
 * Flags for opening a file to read it: a link in its place is refused (ELOOP), and a pipe in its place is not waited for. Windows has
 * neither flag.
 */
export const FILE_ONLY =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);
