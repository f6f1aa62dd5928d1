'use strict';

const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Longer than a whole build takes on a slow machine. */
const LONGEST_MS = 600_000;

/** Runs `work` while no other process does so with the same folder; takes over from a process that has died. */
async function withLock(folder, work) {
  const start = Date.now();
  while (!take(folder)) {
    if (Date.now() - start > LONGEST_MS) throw new Error(`another build holds ${folder}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!holderLives(folder)) rmSync(folder, { recursive: true, force: true });
    return false;
  }
}

function holderLives(folder) {
  try {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0);
    return true;
  } catch (error) {
    // Without its pid it has only just been taken.
    return error.code === 'ENOENT' || error.code === 'EPERM';
  }
}

module.exports = { withLock };
