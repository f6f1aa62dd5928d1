'use strict';

const { createHash } = require('node:crypto');
const { readdirSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** What the build is made from, in the root of a checkout. */
const SOURCES = ['src', 'stages', 'native', 'tools', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** What a build leaves among its sources. */
const MADE = new Set([join('native', 'build')]);

/** Paths of all sources below `root`, sorted. */
function listSources(root) {
  const found = [];
  const visit = path => {
    if (MADE.has(path)) return;
    if (!statSync(join(root, path)).isDirectory()) found.push(path);
    else for (const name of readdirSync(join(root, path))) visit(join(path, name));
  };
  SOURCES.forEach(visit);
  return found.sort();
}

/**
 * A digest that is quick to take: other times or sizes are other sources, perhaps with the same content. The time of the last change counts, because
 * the other one can be set back (`touch -r`, tools that copy).
 */
function glance(root) {
  const hash = createHash('sha256');
  for (const path of listSources(root)) {
    const { size, mtimeMs, ctimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\0${ctimeMs}\0`);
  }
  return hash.digest('hex');
}

/** Digest of what is in the sources. */
function contentOf(root) {
  const hash = createHash('sha256');
  for (const path of listSources(root))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

module.exports = { contentOf, glance };
