'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** `{ compile, link }`: arguments of the compiler. Never -ffast-math: NaN and infinity must keep their values. */
function flagsFor(compiler, onednn, native) {
  const target = /^arm/.test(process.arch) ? '-mcpu=native' : '-march=native';
  const math = ['-fno-math-errno', '-fno-trapping-math'];
  // gcc's own choice is 256 bits on machines whose 512-bit units are as fast.
  const wide = process.arch === 'x64' ? ['-mprefer-vector-width=512'] : [];
  const openmp = openmpOf(compiler);
  const headers = require('node-api-headers').include_dir;
  const include = [native, headers, ...(onednn.include ? [onednn.include] : []), ...openmp.include];
  return {
    compile: [
      ...['-std=c++17', '-O3', target, ...wide, ...math, '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra'],
      // Vectors of 512 bits never cross from one file to another.
      '-Wno-psabi',
      ...openmp.compile,
      ...include.map(folder => `-I${folder}`),
    ],
    link: [
      ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
      ...openmp.link,
      ...placeOf(onednn),
      '-ldnnl',
    ],
  };
}

function openmpOf(compiler) {
  if (process.platform !== 'darwin' || !compiler.isClang) {
    return { compile: ['-fopenmp'], link: ['-fopenmp'], include: [] };
  }
  // Apple's clang knows OpenMP but brings no library for it.
  const root = ['/opt/homebrew/opt/libomp', '/usr/local/opt/libomp'].find(existsSync);
  return {
    compile: ['-Xpreprocessor', '-fopenmp'],
    link: root ? [`-L${join(root, 'lib')}`, `-Wl,-rpath,${join(root, 'lib')}`, '-lomp'] : ['-lomp'],
    include: root ? [join(root, 'include')] : [],
  };
}

function placeOf({ lib, bundled }) {
  if (!lib) return [];
  // The old kind of run path also counts for what libdnnl itself needs.
  const old = process.platform === 'linux' ? ['-Wl,--disable-new-dtags', `-Wl,-rpath-link,${lib}`] : [];
  return [`-L${lib}`, ...(bundled ? [...old, `-Wl,-rpath,${lib}`] : [])];
}

module.exports = { flagsFor };
