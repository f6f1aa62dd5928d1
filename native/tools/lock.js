'use strict';

const { mkdirSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } = require('node:fs');
const { hostname } = require('node:os');
const { join } = require('node:path');

/** Longer than a whole build takes on a slow machine. */
const LONGEST_MS = 600_000;
/** A holder shows that it lives so often; one that shows nothing for so long does not. */
const BEAT_MS = 1000;
const SILENCE_MS = 15_000;
const LOOK_MS = 200;

/**
 * Runs `work` while no other process does so with the same folder. Takes over at once from a process of this machine that has died, and
 * from any that is silent: of another container, one whose number somebody else has by now, one that died before it wrote its number.
 */
async function withLock(folder, work, { silence = SILENCE_MS } = {}) {
  const start = Date.now();
  let seen;
  while (!take(folder)) {
    const now = Date.now();
    const beat = beatOf(folder);
    // Compared with itself only: the clock of a server may be another one.
    if (seen === undefined || seen.beat !== beat) seen = { beat, at: now };
    if (hasDied(folder) || now - seen.at > silence) rmSync(folder, { recursive: true, force: true });
    else if (now - start > LONGEST_MS) throw new Error(`another build holds ${folder}`);
    else await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  const beating = setInterval(() => beat(folder), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
  writeFileSync(join(folder, 'holder.json'), JSON.stringify({ pid: process.pid, space: space() }));
  return true;
}

function beat(folder) {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
  } catch {
    // Somebody has taken over from us: a build that was suspended for long.
  }
}

function beatOf(folder) {
  try {
    return statSync(folder).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Whether the holder certainly lives no more. */
function hasDied(folder) {
  try {
    const holder = JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8'));
    if (holder.space === space()) process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Where process numbers mean the same process. */
function space() {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

module.exports = { withLock };
