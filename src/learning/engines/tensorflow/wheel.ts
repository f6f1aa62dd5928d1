import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../../errors';
import { readZip } from './zip';

/** Names in TensorFlow's Python wheels from 2.13 on, on Linux and on macOS. */
const LIBRARY = /^tensorflow\/(libtensorflow_(?:cc|framework)(?:\.so\.2|\.2\.dylib))$/;
/** What `tensorflow/c/c_api.h` and `tensorflow/c/eager/c_api.h` include, in any version: the C headers and TF_TString. */
const HEADER =
  /^tensorflow\/include\/((?:tensorflow\/c|tensorflow\/core\/platform|xla\/tsl\/c|tsl\/(?:c|platform))\/[\w./-]+\.h)$/;

/**
 * Unpacks what the C API of TensorFlow needs out of a Python wheel: `lib/` and `include/` below `folder`. Nothing else of the wheel
 * is looked at. Throws `UserError` bad-archive and no-libtensorflow.
 */
export async function unpackWheel(wheel: string, folder: string): Promise<void> {
  await readZip(wheel, async ({ names, extract }) => {
    const libraries = names.filter(name => LIBRARY.test(name));
    if (libraries.length < 2) {
      throw new UserError(
        `Unpack ${wheel}: found ${libraries.length} of the two libraries libtensorflow_cc and libtensorflow_framework; ` +
          'wanted a wheel of `tensorflow` or `tensorflow-cpu` of version 2.13 or later for this system',
        { code: 'no-libtensorflow' },
      );
    }
    for (const name of names) {
      const place = placeOf(name);
      if (place === undefined) continue;
      const path = join(folder, place);
      await mkdir(dirname(path), { recursive: true });
      await extract(name, path);
    }
  });
}

/** Where a file of the wheel goes, relative; undefined when it is not needed. */
function placeOf(name: string): string | undefined {
  const library = LIBRARY.exec(name)?.[1];
  if (library !== undefined) return join('lib', library);
  const header = HEADER.exec(name)?.[1];
  return header === undefined ? undefined : join('include', header);
}
