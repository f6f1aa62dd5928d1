'use strict';

/*
 * Builds native/build/onednn.node, run by npm at install and by hand. It never fails an installation: whatever is missing is
 * written to native/build/build.json with the one line that would enable the build, and the other engines work without it.
 *
 *   node native/build.js                    build what changed
 *   node native/build.js --verbose          with the compiler's messages
 *   node native/build.js --fetch            fetch oneDNN's Debian packages into native/build/sysroot where it is missing, without root
 *   node native/build.js --ignore-system    pretend that the system has no oneDNN
 */

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');
const { compileAll, link, listSources } = require('./tools/compile');
const { cpuOf } = require('./tools/cpu');
const { findCompiler } = require('./tools/find-compiler');
const { fetchOnednn } = require('./tools/fetch-onednn');
const { findOnednn } = require('./tools/find-onednn');
const { flagsFor } = require('./tools/flags');
const { withLock } = require('./tools/lock');

const NATIVE = __dirname;
const BUILD = join(NATIVE, 'build');
const ADDON = join(BUILD, 'onednn.node');
const NOTE = join(BUILD, 'build.json');

async function main(options) {
  mkdirSync(BUILD, { recursive: true });
  await withLock(join(BUILD, '.lock'), async () => {
    const known = readNote();
    const note = await build(options).catch(error => ({ built: false, reason: error.message, enable: error.enable }));
    if (!note.built) rmSync(ADDON, { force: true });
    writeFileSync(`${NOTE}.new`, `${JSON.stringify(note, null, 2)}\n`);
    renameSync(`${NOTE}.new`, NOTE);
    process.stdout.write(`${describe(note, known)}\n`);
  });
}

async function build({ fetch, ignoreSystem, verbose }) {
  const compiler = findCompiler();
  if (!compiler) throw missing('no C++17 compiler was found', 'compiler');
  const find = () => findOnednn(compiler, { sysroot: join(BUILD, 'sysroot'), ignoreSystem });
  let onednn = find();
  if (!onednn && fetch) {
    fetchOnednn(join(BUILD, 'sysroot'), { ignoreSystem });
    onednn = find();
  }
  if (!onednn) throw missing('oneDNN 2.6 or later was not found', 'oneDNN');
  const flags = flagsFor(compiler, onednn, NATIVE);
  const known = readNote();
  const { objects, failed, hash } = await compileAll(listSources(NATIVE), { compiler, flags, folder: BUILD, verbose });
  const leftOut = failed.map(({ source, problem }) => ({ source: relative(NATIVE, source), problem }));
  const same = known?.built && known.hash === hash && existsSync(ADDON);
  if (!same) link(objects, ADDON, { compiler, flags, verbose });
  return {
    built: true,
    compiler: compiler.version,
    onednn: { version: onednn.version, place: onednn.place },
    flags: flags.compile.filter(flag => !flag.startsWith('-I')),
    cpu: cpuOf(),
    hash,
    binary: createHash('sha256').update(readFileSync(ADDON)).digest('hex').slice(0, 32),
    loads: loadedVersion(),
    leftOut,
    time: same ? known.time : new Date().toISOString(),
  };
}

/** Of the oneDNN that the loader takes, which need not be that of the headers, and which an update of the system may replace. */
function loadedVersion() {
  const program = `process.stdout.write(require(${JSON.stringify(ADDON)}).onednnVersion())`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

function missing(reason, what) {
  const install = {
    linux:
      'Debian and Ubuntu: apt-get install g++ libdnnl-dev; Fedora: dnf install gcc-c++ onednn-devel; ' +
      'then node native/build.js' +
      (what === 'oneDNN' ? ' (Debian and Ubuntu without root: node native/build.js --fetch)' : ''),
    darwin: 'brew install onednn libomp, then node native/build.js',
  };
  return Object.assign(new Error(reason), {
    enable: install[process.platform] ?? 'install a C++17 compiler and oneDNN, then node native/build.js',
  });
}

function readNote() {
  try {
    return JSON.parse(readFileSync(NOTE, 'utf8'));
  } catch {
    return undefined;
  }
}

function describe(note, known) {
  if (!note.built) return `onednn engine: not built, ${note.reason}. ${note.enable ?? ''}`.trim();
  const without = note.leftOut.map(({ source, problem }) => `${source} (${problem})`).join('; ');
  const what = known?.time === note.time ? 'unchanged, with' : 'built with';
  return `onednn engine: ${what} oneDNN ${note.onednn.version}${without && `, WITHOUT ${without}`}`;
}

const has = name => process.argv.includes(`--${name}`);
const wanted = {
  fetch: has('fetch') || process.env.FAIRDISTILL_FETCH_ONEDNN === '1',
  ignoreSystem: has('ignore-system'),
  verbose: has('verbose'),
};
main(wanted).catch(error => {
  process.stdout.write(`onednn engine: not built, ${error.message}\n`);
});
