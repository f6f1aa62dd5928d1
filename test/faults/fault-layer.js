// Counts the calls to the file system below a folder and lets one of them go wrong. Loaded before the program under test
// (`node -r ./fault-layer.js program.js`), which finds it as `globalThis.faultLayer`; or told by FAULT_ROOT, FAULT_AT and FAULT_KIND.
// Below FAULT_NO_LINKS the file system has no links at all, whatever else goes wrong.
'use strict';
const fs = require('node:fs');
const { resolve, sep } = require('node:path');
const os = require('node:os');

// What opens, what writes and what changes names: EMFILE can only come of the first, ENOSPC only of the others.
const OPENS = /^(open|opendir|readdir|readFile|writeFile|appendFile|copyFile|mkdtemp|cp|rm)$/;
const FILLS =
  /^(open|write|writev|writeFile|appendFile|copyFile|mkdir|mkdtemp|rename|link|symlink|sync|fsync|datasync|fdatasync|truncate|ftruncate|cp)$/;
const WRITES = /^(write|writeFile|appendFile)$/;

/** Which calls a kind of fault can hit. */
const HITS = {
  kill: /./,
  torn: WRITES,
  ENOSPC: FILLS,
  full: FILLS,
  EDQUOT: FILLS,
  EIO: /./,
  EMFILE: OPENS,
  short: WRITES,
  // Nothing goes wrong, but somebody else comes along.
  beside: /./,
};

const state = { root: undefined, at: Infinity, kind: 'kill', hits: [], calls: [], beside: () => undefined };
const paths = new Map();
const NO_LINKS = process.env.FAULT_NO_LINKS;

globalThis.faultLayer = {
  canHit: (kind, name) => HITS[kind].test(name),
  /** From now on counts; call number `at` (from 1), or the first after it that can be hit, goes wrong. For `beside`, that is called before it. */
  arm(root, at = Infinity, kind = 'kill', beside = () => undefined) {
    Object.assign(state, { root: resolve(root), at, kind, hits: [], calls: [], beside });
  },
  /** Stops, and says which calls were made and which of them went wrong, each with its name and path. */
  disarm() {
    state.root = undefined;
    return { hits: state.hits, calls: state.calls };
  },
};

/** What is to become of a call: undefined for nothing. */
function fate(name, target) {
  const path = typeof target === 'number' ? paths.get(target) : String(target ?? '');
  if (path === undefined) return undefined;
  const absolute = resolve(path);
  if (NO_LINKS !== undefined && /^(link|symlink)$/.test(name) && absolute.startsWith(NO_LINKS)) return 'no links';
  if (state.root === undefined) return undefined;
  if (absolute !== state.root && !absolute.startsWith(state.root + sep)) return undefined;
  state.calls.push({ name, path: absolute });
  if (state.calls.length < state.at || !HITS[state.kind].test(name)) return undefined;
  // A full disk stays full; everything else passes.
  if (state.kind !== 'full' && state.hits.length > 0) return undefined;
  state.hits.push({ name, path: absolute });
  if (state.kind !== 'beside') return state.kind;
  state.beside();
  return undefined;
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function failure(kind, name, target) {
  // As exFAT says it.
  const noLink = name === 'symlink' ? 'ENOSYS' : 'EPERM';
  const code = { full: 'ENOSPC', short: 'ENOSPC', 'no links': noLink }[kind] ?? kind;
  const path = typeof target === 'number' ? paths.get(target) : String(target);
  const error = new Error(`${code}: injected, ${name} '${path}'`);
  return Object.assign(error, {
    code,
    errno: -os.constants.errno[code],
    syscall: name,
    ...(typeof target === 'number' ? {} : { path }),
  });
}

/** The first half of what is to be written. */
function half(data) {
  if (typeof data === 'string') return Buffer.from(data).subarray(0, Math.floor(Buffer.byteLength(data) / 2));
  return Buffer.from(data.buffer, data.byteOffset, Math.floor(data.byteLength / 2));
}

const isDescriptor = name =>
  /^(read|readv|write|writev|close|fsync|fdatasync|fstat|ftruncate|futimes|fchmod)$/.test(name);
const PLAIN =
  'open opendir read readv write writev close fsync fdatasync fstat ftruncate stat lstat access readFile writeFile appendFile mkdir mkdtemp ' +
  'readdir rename rm unlink rmdir symlink link readlink realpath utimes copyFile cp truncate chmod exists';

for (const name of PLAIN.split(' ')) {
  wrapSync(name);
  if (!isDescriptor(name)) wrapPromise(fs.promises, name, args => args[pathIndex(name)]);
  if (name !== 'exists') wrapCallback(name);
}
wrapHandles();

/** A link counts where it is made, not where it leads. */
function pathIndex(name) {
  return name === 'symlink' || name === 'copyFile' ? 1 : 0;
}

function wrapSync(name) {
  const real = fs[`${name}Sync`];
  if (real === undefined) return;
  fs[`${name}Sync`] = Object.assign(function (...args) {
    const target = args[pathIndex(name)];
    const kind = fate(name, target);
    if (kind === 'kill') die();
    if (kind === 'torn' || kind === 'short') {
      const written = name === 'write' ? real(args[0], half(args[1])) : real(args[0], half(args[1]), ...args.slice(2));
      if (kind === 'torn') die();
      if (name === 'write') return written;
    }
    if (kind !== undefined && name === 'exists') return false;
    // The system closes a file also when it says that this went wrong.
    if (name === 'close') forget(target, () => real(...args));
    if (kind !== undefined) throw failure(kind, name, target);
    const result = name === 'close' ? undefined : real(...args);
    note(name, target, result);
    return result;
  }, real);
}

function wrapCallback(name) {
  const real = fs[name];
  if (typeof real !== 'function') return;
  fs[name] = Object.assign(function (...args) {
    const callback = args.at(-1);
    const target = args[pathIndex(name)];
    const kind = typeof callback === 'function' ? fate(name, target) : undefined;
    if (kind === 'kill' || kind === 'torn') die();
    if (kind === 'short' && name === 'write')
      return real(args[0], half(args[1]), 0, half(args[1]).length, null, callback);
    if (kind !== undefined) return void process.nextTick(callback, failure(kind, name, target));
    if (name !== 'open' || typeof callback !== 'function') return real(...args);
    return real(...args.slice(0, -1), (error, descriptor) => {
      if (!error) note(name, target, descriptor);
      callback(error, descriptor);
    });
  }, real);
}

function wrapPromise(object, name, targetOf) {
  const real = object[name];
  if (typeof real !== 'function') return;
  object[name] = async function (...args) {
    const target = targetOf.call(this, args);
    const kind = fate(name, target);
    if (kind === 'kill') die();
    if (kind === 'torn' || kind === 'short') {
      const place = object === fs.promises ? 1 : 0;
      const done = await real.apply(this, [
        ...args.slice(0, place),
        half(args[place]),
        ...(name === 'write' ? [] : args.slice(place + 1)),
      ]);
      if (kind === 'torn') die();
      if (name === 'write') return done;
    }
    if (name === 'close') await forget(target, () => real.apply(this, args));
    if (kind !== undefined) throw failure(kind, name, target);
    const result = name === 'close' ? undefined : await real.apply(this, args);
    if (name === 'open') note(name, target, result.fd);
    return result;
  };
}

/** The class of file handles is not exported: the first one shows it. */
function wrapHandles() {
  const open = fs.promises.open;
  fs.promises.open = async function (...args) {
    const handle = await open.apply(this, args);
    fs.promises.open = open;
    const handles = Object.getPrototypeOf(handle);
    for (const name of 'read readv write writev readFile writeFile appendFile sync datasync stat truncate utimes chmod close'.split(
      ' ',
    )) {
      wrapPromise(handles, name, function () {
        return this.fd;
      });
    }
    return handle;
  };
}

function note(name, target, descriptor) {
  if (name === 'open' && typeof descriptor === 'number') paths.set(descriptor, resolve(String(target)));
}

function forget(descriptor, close) {
  paths.delete(descriptor);
  return close();
}

const { FAULT_ROOT, FAULT_AT, FAULT_KIND } = process.env;
if (FAULT_ROOT !== undefined) globalThis.faultLayer.arm(FAULT_ROOT, Number(FAULT_AT), FAULT_KIND);
