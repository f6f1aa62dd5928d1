'use strict';

const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const os = require('node:os');

/** Those that -march=native may make use of; a kernel lists many more, which come and go with its version. */
const INSTRUCTIONS =
  /^(s?sse|avx|amx|fma|bmi|f16c|abm|movbe|popcnt|adx|aes|sha|gfni|v?pclmul|vaes|rd(seed|rnd|rand)|clwb|cx16|asimd|sve|sme(_|\d|$)|bf16|i8mm|fphp|crc32|atomics|hw\.)/;

/** `{ model, flags }` of this machine; flags are the instruction sets, sorted, empty where the system does not say. */
function cpuOf() {
  const flags = { linux: linuxFlags, darwin: darwinFlags }[process.platform]?.() ?? [];
  return { model: os.cpus()[0]?.model ?? process.arch, flags: flags.filter(flag => INSTRUCTIONS.test(flag)).sort() };
}

function linuxFlags() {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line ? line[1].trim().split(/\s+/) : [];
  } catch {
    return [];
  }
}

function darwinFlags() {
  try {
    const lines = execFileSync('sysctl', ['-a'], { encoding: 'utf8' }).split('\n');
    const x86 = lines.filter(line => /^machdep\.cpu\.(leaf7_)?features:/.test(line));
    const arm = lines.filter(line => /^hw\.optional\..*: 1$/.test(line)).map(line => line.split(':')[0]);
    return [...x86.flatMap(line => line.split(':')[1].trim().toLowerCase().split(/\s+/)), ...arm];
  } catch {
    return [];
  }
}

module.exports = { cpuOf };
