'use strict';

const { createHash } = require('node:crypto');

// In this order: what looks like a comment inside a text is none.
const TEXTS_AND_COMMENTS = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\/|\/\/[^\n]*/g;

/** Digest of C and C++ sources, `{path: text}`, in which comments, indentation and empty lines do not count: 32 hexadecimal digits. */
function digestNative(sources) {
  const hash = createHash('sha256');
  for (const path of Object.keys(sources).sort()) hash.update(`${path}\0${withoutComments(sources[path])}\0`);
  return hash.digest('hex').slice(0, 32);
}

function withoutComments(source) {
  return source
    .replace(/\r\n/g, '\n')
    .replace(TEXTS_AND_COMMENTS, found => (found.startsWith('/') ? ' ' : found))
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .join('\n');
}

module.exports = { digestNative };
