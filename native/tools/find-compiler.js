'use strict';

const { spawnSync } = require('node:child_process');

/** The first of CXX, c++, g++ and clang++ that compiles C++17: `{ command, args, version, isClang }`, or undefined. */
function findCompiler() {
  const named = process.env.CXX?.trim().split(/\s+/).filter(Boolean) ?? [];
  const candidates = [...(named.length > 0 ? [named] : []), ['c++'], ['g++'], ['clang++']];
  for (const [command, ...args] of candidates) {
    const test = ['-std=c++17', '-fsyntax-only', '-x', 'c++', '-'];
    const input = '#include <optional>\n#include <string_view>\nint main() { return std::optional<int>(0).value(); }\n';
    if (spawnSync(command, [...args, ...test], { input, stdio: ['pipe', 'ignore', 'ignore'] }).status !== 0) continue;
    const said = spawnSync(command, [...args, '--version'], { encoding: 'utf8' }).stdout;
    const version = said.split('\n')[0].trim();
    return { command, args, version, isClang: /clang/i.test(version) };
  }
  return undefined;
}

module.exports = { findCompiler };
