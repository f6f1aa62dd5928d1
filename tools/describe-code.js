'use strict';

const { posix } = require('node:path');
const { openModules, reach } = require('./module-graph');
const { digestNative } = require('./native-digest');

const STAGES = 'stages/index';

/**
 * What every stage and every member of a family runs: `{stages, families, texts}`; stages by name, families by kind and member, each as
 * `{modules, packages, lists}`, of a member `late` too: whether its list loads it alone; of a stage with pictures the same for these as `pictures`; `texts` by module the digest of what a process must load. What is reached through the list of a family belongs to
 * its members (`src/family.ts`), so that a new or changed member leaves the results of the others alone. A member that the addon belongs to has
 * the digest of its sources as `native`. Throws an Error that says what is wrong with the modules.
 * @param read text of a compiled file by its path below the root of the build, or undefined
 * @param native sources of the addon by path
 * @param facts what `readCodeFacts` gives
 */
function describeCode({ read, native, facts: { listed, folders } }) {
  const modules = openModules(read);
  const entries = stagesOf(modules);
  if (entries.length === 0) throw new Error(`${STAGES}.js imports no stage`);
  const stages = byName(entries.map(entry => [stageName(entry), describeStage(modules, entry, listed)]));
  const families = {};
  const lists = new Map();
  const reached = Object.values(stages).flatMap(({ pictures, ...stage }) => [stage, ...(pictures ? [pictures] : [])]);
  const queue = reached.flatMap(({ lists }) => Object.values(lists));
  for (const list of queue) {
    const { kind, members } = modules.get(list).family;
    if (lists.has(kind) && lists.get(kind) !== list)
      throw new Error(`${list}.js and ${lists.get(kind)}.js both list ${kind}`);
    if (lists.has(kind)) continue;
    lists.set(kind, list);
    families[kind] = byName(
      Object.entries(members).map(([name, { specifier, digest, late }]) => {
        const entry = modules.resolve(list, specifier);
        const { packages, ...code } = reach(modules, entry, { listed });
        queue.push(...Object.values(code.lists));
        const own = folders[posix.dirname(entry)] ?? { packages: [], native: false };
        return [
          name,
          {
            ...code,
            // What the list makes of the module that it loads.
            modules: { ...code.modules, [`${list}#${name}`]: digest },
            packages: [...new Set([...packages, ...own.packages])].sort(),
            late,
            ...(own.native && { native: digestNative(native) }),
          },
        ];
      }),
    );
  }
  return { stages, families: byName(Object.entries(families)), texts: modules.texts() };
}

/** Pictures are drawn from what is finished, so only the declaration may lead to them without making them a part of the result. */
function describeStage(modules, entry, listed) {
  const pictures = picturesOf(modules, entry);
  const isCut = (from, to) => from === entry && to === pictures;
  return {
    ...reach(modules, entry, { isCut, listed }),
    ...(pictures !== undefined && { pictures: reach(modules, pictures, { listed }) }),
  };
}

/** What the list of stages imports from its own folder. */
function stagesOf(modules) {
  if (modules.find(STAGES) === undefined) return [];
  return modules
    .get(STAGES)
    .specifiers.filter(specifier => /^\.\/[^/]+$/.test(specifier))
    .map(specifier => modules.resolve(STAGES, specifier));
}

/** The module `pictures` in the folder of a stage, where its declaration loads it; undefined for a stage without. */
function picturesOf(modules, entry) {
  const place = `${entry.replace(/\/index$/, '')}/pictures`;
  const isIt = specifier => posix.join(posix.dirname(entry), specifier.replace(/\.js$/, '')) === place;
  return modules.get(entry).specifiers.some(isIt) ? modules.find(place) : undefined;
}

function stageName(entry) {
  return entry
    .replace(/\/index$/, '')
    .split('/')
    .at(-1);
}

function byName(entries) {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

module.exports = { describeCode };
