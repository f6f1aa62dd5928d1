#!/usr/bin/env node
'use strict';

/*
 * The command `pipeline`. In a checkout it first builds what is not built, or is older than its sources: npm runs no scripts there
 * (.npmrc says why), and a build of other sources would compute something else than what one reads. An installed package is built.
 */

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');

async function main() {
  // A terminal that is closed, or a full disk, is no reason to stop: src/console.ts says what comes of it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (existsSync(join(ROOT, 'src'))) await require('../tools/build').buildWhatIsOld();
  require('../dist/src/cli.js');
}

main().catch(error => {
  process.stderr.write(`Cannot start pipeline: ${error.message}\n`);
  process.exitCode = 1;
});
