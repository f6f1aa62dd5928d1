// Compiles the kernels into src/learning/engines/wasm/kernels/binary.ts: node native/wasm/build.js, with Debian's packages clang and lld.
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { digestSources } = require('./digest');

const folder = mkdtempSync(join(tmpdir(), 'wasm-kernels-'));
try {
  const binary = join(folder, 'kernels.wasm');
  const { digest, sources } = digestSources();
  execFileSync(
    'clang',
    [
      ...[
        '--target=wasm32',
        '-msimd128',
        '-mbulk-memory',
        '-mmutable-globals',
        '-O3',
        '-ffp-contract=off',
        '-fno-builtin',
      ],
      ...[
        '-nostdlib',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-Wl,--no-entry',
        '-Wl,--import-memory',
        '-Wl,--export=__stack_pointer',
      ],
      ...['-Wl,--max-memory=4294967296', '-Wl,--strip-all'],
      ...sources.filter(name => name.endsWith('.c')).map(name => join(__dirname, name)),
      ...['-o', binary],
    ],
    { stdio: 'inherit' },
  );
  writeFileSync(
    join(__dirname, '../../src/learning/engines/wasm/kernels/binary.ts'),
    '// Made by native/wasm/build.js; do not edit.\n\n' +
      '/** SHA-256 of the sources in native/wasm/ that `BINARY` was made from. */\n' +
      `export const SOURCES_DIGEST = '${digest}';\n\n` +
      '/** The WebAssembly module, base64. */\n' +
      'export const BINARY =\n' +
      `  '${readFileSync(binary).toString('base64')}';\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
