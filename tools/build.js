'use strict';

/*
 * Builds dist/ and the addon of the engine onednn, if they are missing or older than their sources.
 *
 *   node tools/build.js           what is old
 *   node tools/build.js --all     everything
 */

const { spawn } = require('node:child_process');
const {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { join } = require('node:path');
const { withLock } = require('../native/tools/lock');
const { contentOf, glance } = require('./sources');

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');
const NOTE = join(DIST, 'build.json');

/** Says on standard error what it builds: standard output belongs to the command. Errors with what the compiler said. */
async function buildWhatIsOld({ all = false } = {}) {
  if (!all && isBuilt()) return;
  mkdirSync(DIST, { recursive: true });
  await withLock(join(DIST, '.lock'), async () => {
    // Another process may have done it meanwhile.
    if (!all && isBuilt()) return;
    const sources = { glance: glance(ROOT), content: contentOf(ROOT) };
    await build();
    writeNote(sources);
  });
}

function isBuilt() {
  const known = readNote();
  if (known === undefined) return false;
  const seen = glance(ROOT);
  if (known.glance === seen) return true;
  if (known.content !== contentOf(ROOT)) return false;
  try {
    writeNote({ ...known, glance: seen });
  } catch {
    // A checkout of somebody else's: it is read every time.
  }
  return true;
}

async function build() {
  const start = Date.now();
  const isFirst = !existsSync(join(DIST, 'src', 'cli.js'));
  say(`Building fairdistill${isFirst ? ', once after the installation' : ': its sources have changed'} …\n`);
  rmSync(NOTE, { force: true });
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    throw new Error(
      'this checkout is not built and TypeScript is not installed; type `npm ci` in the checkout, without --omit=dev',
    );
  }
  await run('tools/digest-stages.js', '--remove');
  const told = async (work, line) => say(line((await work).trim(), Math.round((Date.now() - start) / 1000)));
  await Promise.all([
    told(run(compiler, '-p', 'tsconfig.build.json'), (_, seconds) => `  TypeScript: compiled (${seconds} s)\n`),
    told(run('native/build.js'), (said, seconds) => `  ${said} (${seconds} s)\n`),
  ]);
  removeOrphans('src');
  removeOrphans('stages');
  await run('tools/digest-stages.js');
  chmodSync(join(DIST, 'src', 'cli.js'), 0o755);
  say(`Built in ${Math.round((Date.now() - start) / 1000)} s\n`);
}

/** What was compiled from a source that is gone: `stages/x.js` would be loaded in place of `stages/x/index.js`. */
function removeOrphans(folder) {
  for (const entry of readdirSync(join(DIST, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOrphans(path);
    else if (!existsSync(join(ROOT, path.replace(/\.js(\.map)?$/, '.ts')))) rmSync(join(DIST, path));
  }
}

/** Runs a script of Node's in the root of the checkout. Gives what it printed, and errors with that when it fails. */
function run(script, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(said);
      else reject(new Error(`the build failed at ${script} (${signal ?? `exit code ${code}`})\n${said}`));
    });
  });
}

function readNote() {
  try {
    return JSON.parse(readFileSync(NOTE, 'utf8'));
  } catch {
    return undefined;
  }
}

function writeNote(note) {
  writeFileSync(`${NOTE}.${process.pid}`, `${JSON.stringify(note)}\n`);
  renameSync(`${NOTE}.${process.pid}`, NOTE);
}

function say(text) {
  process.stderr.write(text);
}

module.exports = { buildWhatIsOld };

if (require.main === module) {
  buildWhatIsOld({ all: process.argv.includes('--all') }).catch(error => {
    say(`${error.message}\n`);
    process.exitCode = 1;
  });
}
