'use strict';

const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** 2.6 is that of Debian 12 and the oldest tried. */
const OLDEST = [2, 6];

/**
 * The first place whose header compiles and is new enough: `{ version, place, include, lib, bundled }` with folders to give to
 * the compiler, where the compiler does not know them already. `bundled` says that the loader will not look there by itself.
 */
function findOnednn(compiler, { sysroot, ignoreSystem }) {
  return places(sysroot, ignoreSystem)
    .map(place => ({ ...place, version: versionAt(compiler, place) }))
    .find(({ version }) => version !== undefined && isNewEnough(version));
}

function places(sysroot, ignoreSystem) {
  const roots = [process.env.DNNL_ROOT, process.env.ONEDNN_ROOT].filter(Boolean);
  const local = [...roots.map(root => atRoot(root, true)), atRoot(join(sysroot, 'usr'), true)];
  if (ignoreSystem) return local.filter(({ include }) => existsSync(join(include, 'dnnl.hpp')));
  const usual = ['/usr/local', '/opt/homebrew/opt/onednn', '/usr/local/opt/onednn', '/opt/intel/oneapi/dnnl/latest'];
  return [
    ...local.filter(({ include }) => existsSync(join(include, 'dnnl.hpp'))),
    ...fromPkgConfig(),
    { place: 'system' },
    ...usual.map(root => atRoot(root, true)).filter(({ include }) => existsSync(join(include, 'dnnl.hpp'))),
  ];
}

function atRoot(root, bundled) {
  const candidates = [join(root, 'lib64'), ...multiarch(join(root, 'lib')), join(root, 'lib')];
  const lib = candidates.find(
    folder => existsSync(folder) && readdirSync(folder).some(name => /^libdnnl\./.test(name)),
  );
  return { place: root, include: join(root, 'include'), lib, bundled };
}

/** Debian's lib/x86_64-linux-gnu and its like. */
function multiarch(lib) {
  return existsSync(lib)
    ? readdirSync(lib)
        .filter(name => /-linux-gnu/.test(name))
        .map(name => join(lib, name))
    : [];
}

function fromPkgConfig() {
  const { status, stdout } = spawnSync('pkg-config', ['--variable=prefix', 'dnnl'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() ? [atRoot(stdout.trim(), true)] : [];
}

function versionAt(compiler, { include }) {
  const input =
    '#include <dnnl.hpp>\n#include <dnnl_version.h>\nV=DNNL_VERSION_MAJOR.DNNL_VERSION_MINOR.DNNL_VERSION_PATCH\n';
  const args = [...compiler.args, '-std=c++17', ...(include ? [`-I${include}`] : []), '-E', '-P', '-x', 'c++', '-'];
  const { status, stdout } = spawnSync(compiler.command, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  const found = status === 0 && /^V=\s*(\d+)\s*\.\s*(\d+)\s*\.\s*(\d+)/m.exec(stdout);
  return found ? found.slice(1).join('.') : undefined;
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

module.exports = { findOnednn };
