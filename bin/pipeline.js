#!/usr/bin/env node
'use strict';

/*
 * The command `pipeline`. In a checkout it first builds what is missing or older than its sources: npm runs no scripts there (see .npmrc), and an old
 * build would not compute what the sources say. An installed package is built.
 */

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');

async function main() {
  // A closed terminal or a full disk is no reason to stop; see src/console.ts.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (existsSync(join(ROOT, 'src'))) await require('../tools/build').buildWhatIsOld();
  require('../dist/src/cli.js');
}

main().catch(error => {
  process.stderr.write(`Cannot start pipeline: ${error.message}\n`);
  process.exitCode = 1;
});
