'use strict';

const { posix } = require('node:path');
const { openModules, reach } = require('./module-graph');
const { digestNative } = require('./native-digest');

const STAGES = 'stages/index';
/** The one module through which engines are reached. */
const ENGINES = 'src/learning/engines/index';
/** What it imports beside engines. */
const NO_ENGINES = ['src/learning/engines/engine'];
const NATIVE_ENGINE = 'onednn';

/** Modules that load what only their run can tell, and why no digest need hold it. */
const LISTED = {
  'src/learning/engines/installed-version': 'reads the version of a package, for people',
  'src/learning/engines/onednn/addon': 'loads the addon, whose build is a part of the key by itself',
  'src/learning/engines/tensorflow': 'loads one of two packages, whose versions are parts of the key by themselves',
  'src/learning/engines/webgpu': 'loads two packages by path, whose versions are parts of the key by themselves',
  'src/learning/engines/webgpu/binding': 'finds those packages',
};

/** Packages that an engine loads by a name or path that only its run can tell. */
const LOADED_BY_PATH = {
  tensorflow: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
  webgpu: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
};

/**
 * What every stage and every engine runs: `{stages, engines, texts}`, the first two by name `{modules, packages}`, of a stage with pictures the
 * same for these as `pictures`, and of the native engine the digest of its sources as `native`; `texts` by module the digest of what a process must load. What is reached through the list of engines only belongs to the engine, so that a change of one engine leaves
 * the results of the others alone. Throws an Error that says what is wrong with the modules.
 * @param read text of a compiled file by its path below the root of the build, or undefined
 * @param native sources of the addon by path
 * @param listed modules that may load what cannot be seen
 */
function describeCode({ read, native, listed = LISTED, byPath = LOADED_BY_PATH }) {
  const modules = openModules(read);
  const engines = membersOf(modules, ENGINES).filter(name => !NO_ENGINES.includes(name));
  const isCut = (from, to) => from === ENGINES && engines.includes(to);
  const stages = membersOf(modules, STAGES);
  if (stages.length === 0) throw new Error(`${STAGES}.js imports no stage`);
  const code = {
    stages: byName(stages, entry => {
      const pictures = picturesOf(modules, entry);
      // Pictures are drawn from what is finished, so only the declaration may lead there without making them a part of the result.
      const isEdge = (from, to) => isCut(from, to) || (from === entry && to === pictures);
      return {
        ...reach(modules, entry, { isCut: isEdge, listed }),
        ...(pictures !== undefined && { pictures: reach(modules, pictures, { isCut, listed }) }),
      };
    }),
    engines: byName(engines, (entry, name) => {
      const { modules: reached, packages } = reach(modules, entry, { listed });
      return {
        modules: reached,
        packages: [...new Set([...packages, ...(byPath[name] ?? [])])].sort(),
        ...(name === NATIVE_ENGINE && { native: digestNative(native) }),
      };
    }),
  };
  return { ...code, texts: modules.texts() };
}

/** What the list of a family imports from its own folder. */
function membersOf(modules, list) {
  if (modules.find(list) === undefined) return [];
  return modules
    .get(list)
    .specifiers.filter(specifier => /^\.\/[^/]+$/.test(specifier))
    .map(specifier => modules.find(posix.join(posix.dirname(list), specifier)) ?? list);
}

/** The module `pictures` in the folder of a stage, where its declaration loads it; undefined for a stage without. */
function picturesOf(modules, entry) {
  const place = `${entry.replace(/\/index$/, '')}/pictures`;
  const isIt = specifier => posix.join(posix.dirname(entry), specifier.replace(/\.js$/, '')) === place;
  return modules.get(entry).specifiers.some(isIt) ? modules.find(place) : undefined;
}

function byName(entries, describe) {
  const names = entries.map(entry =>
    entry
      .replace(/\/index$/, '')
      .split('/')
      .at(-1),
  );
  return Object.fromEntries(
    names.map((name, index) => [name, describe(entries[index], name)]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

module.exports = { describeCode, LISTED };
