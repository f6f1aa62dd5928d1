import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { findLibrary } from '../../../../src/learning/engines/tensorflow/find-library';
import { fixPackage } from '../../../../src/learning/engines/tensorflow/fix';
import { unpackWheel } from '../../../../src/learning/engines/tensorflow/wheel';
import { zip } from '../../../helpers/zip';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'fairdistill-fix-'));

function write(root: string, files: Readonly<Record<string, string | Buffer>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const LIBRARIES = { cc: 'libtensorflow_cc.so.2', framework: 'libtensorflow_framework.so.2' };
const HEADER = 'tensorflow/c/eager/c_api.h';
const IN_WHEEL = {
  [`tensorflow/${LIBRARIES.cc}`]: 'cc',
  [`tensorflow/${LIBRARIES.framework}`]: 'framework',
  [`tensorflow/include/${HEADER}`]: 'header',
};

describe('unpackWheel()', () => {
  test('takes the libraries and the C headers, and nothing else', async () => {
    const [folder, wheel] = [temporary(), join(temporary(), 'tensorflow.whl')];
    const others = {
      'tensorflow/__init__.py': '',
      'tensorflow/include/absl/base/macros.h': '',
      'tensorflow/include/tensorflow/core/platform/ctstring.h': 'string',
      'other/libtensorflow_cc.so.2': '',
    };
    writeFileSync(wheel, zip({ ...IN_WHEEL, ...others }));
    await unpackWheel(wheel, folder);
    expect(readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile()).length).toBe(
      4,
    );
    expect(readFileSync(join(folder, 'lib', LIBRARIES.cc), 'utf8')).toBe('cc');
    expect(readFileSync(join(folder, 'include', HEADER), 'utf8')).toBe('header');
  });

  test.each([
    'tensorflow/include/tensorflow/c/../../../../escaped.h',
    '../escaped.h',
    '/tensorflow/escaped.h',
    '..\\escaped.h',
  ])('refuses a wheel that would write outside: %s', async name => {
    const [folder, wheel] = [join(temporary(), 'a', 'b'), join(temporary(), 'tensorflow.whl')];
    writeFileSync(wheel, zip({ ...IN_WHEEL, [name]: '' }));
    await expect(unpackWheel(wheel, folder)).rejects.toMatchObject({ code: 'bad-archive' });
    expect(existsSync(folder)).toBe(false);
  });

  test('refuses a wheel without both libraries', async () => {
    const wheel = join(temporary(), 'numpy.whl');
    writeFileSync(wheel, zip({ [`tensorflow/${LIBRARIES.cc}`]: 'cc', 'numpy/__init__.py': '' }));
    await expect(unpackWheel(wheel, temporary())).rejects.toMatchObject({
      code: 'no-libtensorflow',
      message: expect.stringContaining('found 1 of the two libraries'),
    });
  });
});

describe('findLibrary()', () => {
  const classic = { 'libtensorflow.so.2': '', 'libtensorflow_framework.so.2': '' };
  const below = (place: string, files: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(files).map(([name, content]) => [join(place, name), content]));

  test.each([
    ['an installed Python package', '', { [LIBRARIES.cc]: '', [LIBRARIES.framework]: '', [`include/${HEADER}`]: '' }],
    ['the folder around it', '', { ...IN_WHEEL }],
    ['an unpacked C package', '', { ...below('lib', classic), [`include/${HEADER}`]: '' }],
    ['its folder of libraries', 'lib', { ...below('lib', classic), [`include/${HEADER}`]: '' }],
  ])('finds libraries and headers in %s', (_, place, files) => {
    const root = write(temporary(), files);
    const { libraries, include } = findLibrary(join(root, place));
    expect(libraries).toHaveLength(2);
    for (const path of [...libraries, join(include, HEADER)]) expect(existsSync(path)).toBe(true);
  });

  test('says what is not there', () => {
    const root = write(temporary(), { 'lib/libtensorflow.so.2': '', [`include/${HEADER}`]: '' });
    expect(() => findLibrary(root)).toThrow(expect.objectContaining({ code: 'no-libtensorflow' }));
    const bare = write(temporary(), classic);
    expect(() => findLibrary(bare)).toThrow(/no tensorflow\/c\/eager\/c_api\.h below include/);
  });
});

const canCompile = process.platform === 'linux' && spawnSync('c++', ['--version']).status === 0;

// Without a C++ compiler there is nothing that could be built.
(canCompile ? describe : describe.skip)('fixPackage(), with a toy in the place of TensorFlow', () => {
  let toy: string;

  beforeAll(() => {
    toy = write(temporary(), {
      [`include/${HEADER}`]: 'extern "C" const char* TF_Version();\nextern "C" int TF_Answer();\n',
      'cc.c': 'const char* TF_Version() { return "9.9.9"; }',
      'framework.c': 'int TF_Answer() { return 42; }',
    });
    for (const [source, name] of Object.entries(LIBRARIES)) {
      execFileSync('cc', ['-shared', '-fPIC', `-Wl,-soname,${name}`, '-o', join(toy, name), join(toy, `${source}.c`)]);
    }
  });

  /** A package whose binding tells what the two libraries answer. */
  const tfjsNode = (): string =>
    write(temporary(), {
      'binding/tfjs_backend.cc': `#include "${HEADER}"\nint answer() { return TF_Answer(); }\n`,
      'binding/tfjs_binding.cc': `#include <node_api.h>
        #include "${HEADER}"
        int answer();
        NAPI_MODULE_INIT() {
          napi_value version, number;
          napi_create_string_utf8(env, TF_Version(), NAPI_AUTO_LENGTH, &version);
          napi_create_int32(env, answer(), &number);
          napi_set_named_property(env, exports, "version", version);
          napi_set_named_property(env, exports, "answer", number);
          return exports;
        }`,
    });

  const load = (folder: string): unknown => {
    const binding = JSON.stringify(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'));
    return JSON.parse(
      execFileSync(process.execPath, ['-p', `JSON.stringify(require(${binding}))`], { encoding: 'utf8' }),
    );
  };

  test('builds a binding on the library in a folder, which stays where it is', async () => {
    const folder = tfjsNode();
    const said: string[] = [];
    await fixPackage(folder, { library: toy, env: process.env, say: line => said.push(line) });
    expect(load(folder)).toEqual({ version: '9.9.9', answer: 42 });
    expect(existsSync(join(folder, 'deps'))).toBe(false);
    expect(said[0]).toContain(toy);
  });

  test('builds a binding on the library of a wheel, which it puts into the package', async () => {
    const folder = tfjsNode();
    const wheel = join(temporary(), 'tensorflow.whl');
    const files = Object.values(LIBRARIES).map(name => [`tensorflow/${name}`, readFileSync(join(toy, name))] as const);
    writeFileSync(
      wheel,
      zip({
        ...Object.fromEntries(files),
        [`tensorflow/include/${HEADER}`]: readFileSync(join(toy, 'include', HEADER)),
      }),
    );
    await fixPackage(folder, { wheel, env: process.env, say: () => undefined });
    expect(load(folder)).toEqual({ version: '9.9.9', answer: 42 });
    expect(readdirSync(join(folder, 'deps', 'lib')).sort()).toEqual(Object.values(LIBRARIES).sort());
  });

  test('leaves a package as it was when it cannot be built', async () => {
    const folder = tfjsNode();
    await fixPackage(folder, { library: toy, env: process.env, say: () => undefined });
    const wheel = join(temporary(), 'other-system.whl');
    writeFileSync(wheel, zip(IN_WHEEL));
    await expect(fixPackage(folder, { wheel, env: process.env, say: () => undefined })).rejects.toMatchObject({
      code: 'compilation-failed',
    });
    expect(load(folder)).toEqual({ version: '9.9.9', answer: 42 });
    expect(readdirSync(folder).sort()).toEqual(['binding', 'lib']);
  });

  test('says what to install when there is no compiler', async () => {
    const env = { CXX: 'no-such-compiler', PATH: temporary() };
    await expect(fixPackage(tfjsNode(), { library: toy, env, say: () => undefined })).rejects.toMatchObject({
      code: 'no-compiler',
      message: expect.stringContaining('apt-get install g++'),
    });
  });
});
