const { createHash } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** SHA-256 of names and contents of the C sources in this folder, line ends as on Linux. */
function digestSources() {
  const sources = readdirSync(__dirname)
    .filter(name => /\.[ch]$/.test(name))
    .sort();
  const hash = createHash('sha256');
  for (const name of sources)
    hash.update(`${name}\n${readFileSync(join(__dirname, name), 'utf8').replaceAll('\r\n', '\n')}`);
  return { sources, digest: hash.digest('hex') };
}

module.exports = { digestSources };
