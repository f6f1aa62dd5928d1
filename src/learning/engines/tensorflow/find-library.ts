import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../errors';

/** A libtensorflow on disk. */
export interface LibTensorflow {
  /** Absolute paths of the libraries that hold the C API. */
  readonly libraries: readonly string[];
  /** Absolute; `tensorflow/c/c_api.h` is below it. */
  readonly include: string;
}

/** `libtensorflow.so.2`, as the C package calls it; `libtensorflow_cc.so.2`, as the wheels do; on macOS `libtensorflow.2.dylib`. */
const NAMES = [/^libtensorflow(_cc)?(\.so\.2|\.2\.dylib)$/, /^libtensorflow_framework(\.so\.2|\.2\.dylib)$/];

/**
 * Looks for libtensorflow in a folder: an installed Python package, an unpacked C package, the prefix of an environment, or the
 * folder of the libraries itself. Throws `UserError` no-libtensorflow.
 */
export function findLibrary(folder: string): LibTensorflow {
  const libraries = [folder, join(folder, 'lib'), join(folder, 'tensorflow')]
    .map(place =>
      NAMES.flatMap(name =>
        namesIn(place)
          .filter(file => name.test(file))
          .slice(0, 1),
      ).map(file => join(place, file)),
    )
    .find(found => found.length === NAMES.length);
  const include = [join(folder, 'include'), join(folder, '..', 'include'), join(folder, 'tensorflow', 'include')].find(
    place => existsSync(join(place, 'tensorflow', 'c', 'eager', 'c_api.h')),
  );
  if (libraries && include !== undefined) return { libraries, include };
  const lacks = libraries
    ? 'tensorflow/c/eager/c_api.h below include/'
    : 'libtensorflow.so.2 or libtensorflow_cc.so.2, with libtensorflow_framework.so.2';
  throw new UserError(
    `Use the libtensorflow in ${folder}: found no ${lacks}; wanted the folder of an installed Python package \`tensorflow\`, ` +
      'an unpacked libtensorflow, or the prefix of an environment that has one',
    { code: 'no-libtensorflow' },
  );
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
