'use strict';

const { spawnSync } = require('node:child_process');
const { mkdirSync, mkdtempSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** What a build needs of libdnnl-dev's dependencies; the C and C++ libraries are there where a compiler is. */
const WANTED = /^(libdnnl|ocl-icd-libopencl)/;

/** Unpacks oneDNN's Debian packages into a folder, as a plain user. Throws with what did not work. */
function fetchOnednn(sysroot, { ignoreSystem = false } = {}) {
  const packages = dependencies('libdnnl-dev').filter(name => WANTED.test(name));
  if (packages.length === 0) throw new Error('apt-cache knows no package libdnnl-dev; run apt-get update');
  // The development package alone names the library by a link that would lead nowhere.
  const wanted = packages.filter(name => ignoreSystem || name.startsWith('libdnnl') || !isInstalled(name));
  const folder = mkdtempSync(join(tmpdir(), 'onednn-'));
  try {
    run('apt-get', ['download', ...wanted], folder);
    mkdirSync(sysroot, { recursive: true });
    for (const file of readdirSync(folder).filter(name => name.endsWith('.deb'))) {
      run('dpkg', ['-x', join(folder, file), sysroot], folder);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The package and all that it depends on, without virtual ones. */
function dependencies(name) {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(kind => `--no-${kind}`);
  const lines = run('apt-cache', ['depends', '--recurse', ...without, name], '.').split('\n');
  return [...new Set(lines.map(line => line.trim()).filter(line => /^[a-z0-9][a-z0-9+.-]*$/.test(line)))];
}

function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}', name], { encoding: 'utf8' });
  return status === 0 && stdout === 'installed';
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  const said = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Error(`${command} ${args[0]} failed: ${said}`);
}

module.exports = { fetchOnednn };
