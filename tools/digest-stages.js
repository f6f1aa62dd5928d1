'use strict';

/*
 * Writes dist/stage-code.json: for every stage and every member of a family, the digests of all modules that it runs. They are a part of the
 * key of a result, see docs/key.md. Run by `npm run build` after the compiler; of what the compiler wrote, because types are gone there.
 *
 *   node tools/digest-stages.js [--dist FOLDER] [--native FOLDER]
 *   node tools/digest-stages.js --remove     before the compiler, so that no digests of old code stay when it fails
 */

const { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join, posix } = require('node:path');
const { readCodeFacts } = require('./code-facts');
const { describeCode } = require('./describe-code');

const ROOT = join(__dirname, '..');

function main(args) {
  const option = name => args[args.indexOf(name) + 1];
  const dist = args.includes('--dist') ? option('--dist') : join(ROOT, 'dist');
  const native = args.includes('--native') ? option('--native') : join(ROOT, 'native');
  const path = join(dist, 'stage-code.json');
  rmSync(path, { force: true });
  if (args.includes('--remove')) return;
  const code = describeCode({
    read: name => readText(join(dist, name)),
    native: readNative(native),
    facts: readCodeFacts(ROOT),
  });
  // Another process may read it at this moment.
  writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(code, undefined, 1)}\n`);
  renameSync(`${path}.${process.pid}`, path);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Sources of the addon by path; those for WebAssembly come as text in a module. */
function readNative(folder) {
  const sources = {};
  const visit = path => {
    for (const name of readdirSync(join(folder, path))) {
      const child = posix.join(path, name);
      if (child === 'build' || child === 'wasm') continue;
      if (statSync(join(folder, child)).isDirectory()) visit(child);
      else if (/\.(cc|c|h)$/.test(name)) sources[child] = readFileSync(join(folder, child), 'utf8');
    }
  };
  visit('');
  return sources;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`Cannot digest the code of the stages: ${error.message}\n`);
  process.exitCode = 1;
}
