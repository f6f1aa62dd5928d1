'use strict';

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join, posix } = require('node:path');

/**
 * What no compiler can see of the code below a folder of sources, from the files `code.json` beside it: `{listed, folders}`. `listed` has by
 * module that loads what only its run can tell the reason why its results do not depend on that (`loads`); `folders` by folder the packages that
 * its modules load by a path (`packages`), and whether the addon in `native/` is a part of it (`native`).
 * @param root folder that holds `src`
 */
function readCodeFacts(root) {
  const listed = {};
  const folders = {};
  const visit = folder => {
    const path = join(root, folder, 'code.json');
    if (existsSync(path)) {
      const { loads = {}, packages = [], native = false } = JSON.parse(readFileSync(path, 'utf8'));
      for (const [module, reason] of Object.entries(loads)) listed[posix.join(folder, module)] = reason;
      folders[folder] = { packages, native };
    }
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.isDirectory()) visit(posix.join(folder, entry.name));
    }
  };
  visit('src');
  return { listed, folders };
}

module.exports = { readCodeFacts };
