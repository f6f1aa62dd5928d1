'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');
const { cpuOf } = require('./cpu');

const JOBS = 2;
/** Not ours to compile: the output, and sources for WebAssembly. */
const SKIPPED = ['build', 'wasm', 'tools'];

/** Every .cc file below the folder, sorted. */
function listSources(native) {
  const below = folder =>
    readdirSync(folder)
      .map(name => join(folder, name))
      .flatMap(path => (statSync(path).isDirectory() ? below(path) : path.endsWith('.cc') ? [path] : []));
  return readdirSync(native)
    .filter(name => !SKIPPED.includes(name))
    .map(name => join(native, name))
    .flatMap(path => (statSync(path).isDirectory() ? below(path) : path.endsWith('.cc') ? [path] : []))
    .sort();
}

/**
 * Compiles what changed since the last time. A file that does not compile is left out, with its folder, and listed in `failed`: files announce
 * their functions to the addon themselves, and a caller of a missing one falls back.
 */
async function compileAll(sources, { compiler, flags, folder, verbose }) {
  const processor = cpuOf().flags;
  const hash = source => hashOf(source, compiler, flags, processor);
  const queue = sources.map(source => ({ source, ...placeOf(source, folder), hash: hash(source) }));
  const failed = [];
  const work = async jobs => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const problem = await compile(job, { compiler, flags, verbose });
      if (problem !== undefined) failed.push({ ...job, problem });
    }
  };
  const jobs = [...queue];
  await Promise.all(Array.from({ length: JOBS }, () => work(jobs)));
  // Files of one folder need each other; a file in no folder stands alone.
  const group = source => (dirname(source) === dirname(folder) ? source : dirname(source));
  const broken = new Set(failed.map(({ source }) => group(source)));
  const good = queue.filter(({ source }) => !broken.has(group(source)));
  const all = createHash('sha256')
    .update(good.map(job => job.hash).join())
    .digest('hex');
  return { objects: good.map(({ object }) => object), failed, hash: all };
}

function placeOf(source, folder) {
  const name = relative(dirname(folder), source).replace(/[\\/]/g, '-');
  return { object: join(folder, 'objects', `${name}.o`), note: join(folder, 'objects', `${name}.hash`) };
}

/**
 * Of everything that the object depends on, but the system's headers and where this checkout is: the hash is a part of the key of every training.
 * `native` among the flags means another thing on another processor.
 */
function hashOf(source, compiler, flags, processor) {
  const given = [compiler.version, ...flags.compile, ...flags.link, ...processor];
  const hash = createHash('sha256').update(withoutPlace(given.join(' ')));
  for (const file of withHeaders(source)) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function withoutPlace(text) {
  const { include_dir: headers } = require('node-api-headers');
  const { version } = require('node-api-headers/package.json');
  const root = dirname(dirname(__dirname));
  return text.replaceAll(headers, `node-api-headers ${version}`).replaceAll(root, '.');
}

function withHeaders(source) {
  const native = dirname(__dirname);
  const found = new Set([source]);
  for (const file of found) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
      const header = [resolve(dirname(file), name), resolve(native, name)].find(existsSync);
      if (header) found.add(header);
    }
  }
  return found;
}

/** The first error, or undefined when it went well. */
function compile({ source, object, note, hash }, { compiler, flags, verbose }) {
  if (existsSync(object) && existsSync(note) && readFileSync(note, 'utf8') === hash) return undefined;
  mkdirSync(dirname(object), { recursive: true });
  const args = [...compiler.args, ...flags.compile, '-c', source, '-o', object];
  return new Promise(done => {
    const child = spawn(compiler.command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', text => (said += text));
    child.on('error', error => done(error.message));
    child.on('close', code => {
      if (verbose && said) process.stderr.write(said);
      if (code === 0) writeFileSync(note, hash);
      done(code === 0 ? undefined : (/^.*\berror\b.*$/m.exec(said)?.[0] ?? `the compiler ended with ${code}`).trim());
    });
  });
}

/** Written aside and renamed: a process that has the old file loaded must not see it change. Throws when it does not link. */
function link(objects, target, { compiler, flags, verbose }) {
  const args = [...compiler.args, ...objects, '-o', `${target}.new`, ...flags.link];
  const { status, stderr } = spawnSync(compiler.command, args, { encoding: 'utf8' });
  if (verbose && stderr) process.stderr.write(stderr);
  if (status !== 0) throw new Error(`the link failed: ${stderr?.trim().split('\n')[0] ?? 'no linker'}`);
  renameSync(`${target}.new`, target);
}

module.exports = { compileAll, link, listSources };
