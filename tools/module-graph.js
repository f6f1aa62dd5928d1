'use strict';

const { createHash } = require('node:crypto');
const { posix } = require('node:path');
const ts = require('typescript');
const { digestTokens, parseModule } = require('./module-tokens');

/**
 * Reads compiled modules as they are asked for, each once. `read` returns the text of a file by its path relative to the root of the
 * build, or undefined. Modules are named by that path without its ending.
 */
function openModules(read) {
  const known = new Map();
  return {
    /** Name of the module that a relative specifier means; undefined when there is none. */
    find: specifier =>
      [specifier, `${specifier}/index`].find(name => known.has(name) || read(`${name}.js`) !== undefined),
    /** Name of the module that another loads by a relative specifier. Throws an Error when there is none. */
    resolve(name, specifier) {
      const target = this.find(posix.join(posix.dirname(name), specifier.replace(/\.js$/, '')));
      if (target === undefined) throw new Error(`${name}.js loads ${specifier}, which is not there`);
      return target;
    },
    /**
     * `{name, digest, text, specifiers, unknown, family}`, `text` being its digest with comments and formatting; see `loadsOf` and `familyOf`.
     */
    get(name) {
      if (!known.has(name)) {
        const content = read(`${name}.js`);
        const file = parseModule(`${name}.js`, content);
        const text = createHash('sha256').update(content).digest('hex').slice(0, 32);
        known.set(name, { name, digest: digestTokens(file), text, ...loadsOf(file), family: familyOf(file, name) });
      }
      return known.get(name);
    },
    /** By name of every module that was asked for: the digest of its text. */
    texts: () =>
      Object.fromEntries([...known].map(([name, { text }]) => [name, text]).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * Everything that can be loaded once the entry is: `modules`, by name with their digests, the entry first and the others sorted; `packages`,
 * sorted; and `lists`, by kind of a family that is reached the module that lists it. Of a list neither its digest nor its members are taken: what a
 * member is counts where it is named. Not what lies behind an edge for which `isCut` holds. Throws an Error for a relative specifier without a file, and for a module which loads what only its
 * run can tell, unless `listed` has its name.
 */
function reach(modules, entry, { isCut = () => false, listed = {} } = {}) {
  const found = new Map([[entry, modules.get(entry)]]);
  const packages = new Set();
  const lists = {};
  // An iteration of a Map includes entries that are added during it.
  for (const [name, { specifiers, unknown, family }] of found) {
    if (unknown.length > 0 && !Object.hasOwn(listed, name)) throw new Error(unlisted(name, unknown));
    const ofMembers = new Set(family?.specifiers);
    if (family !== undefined) {
      const { kind } = family;
      if ((lists[kind] ?? name) !== name) throw new Error(`${lists[kind]}.js and ${name}.js both list ${kind}`);
      lists[kind] = name;
    }
    for (const specifier of specifiers) {
      if (ofMembers.has(specifier)) continue;
      if (specifier.startsWith('.')) {
        const target = modules.resolve(name, specifier);
        if (!isCut(name, target) && !found.has(target)) found.set(target, modules.get(target));
      } else if (!isBuiltin(specifier)) packages.add(packageOf(specifier));
    }
  }
  const isList = new Set(Object.values(lists));
  const others = [...found.keys()].slice(1).sort();
  return {
    modules: Object.fromEntries(
      [entry, ...others].filter(name => !isList.has(name)).map(name => [name, found.get(name).digest]),
    ),
    packages: [...packages].sort(),
    lists: Object.fromEntries(Object.entries(lists).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * What a module loads: `specifiers`, whether at its start, late or for a thread, and the texts of the places where that cannot be seen
 * (`unknown`). Imports of types leave nothing in compiled text.
 */
function loadsOf(file) {
  const specifiers = new Set();
  const unknown = [];
  const visit = node => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) specifiers.add(specifier.text);
    else if (specifier ?? isOpenLoad(node)) unknown.push((specifier ? node : node.parent).getText(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { specifiers: [...specifiers], unknown };
}

/**
 * `{kind, members, specifiers}` of a module that calls `family('students', { tiny: { load: () => import('./tiny') }, … })`, or
 * `family('losses', { cosine, … })` with members that it imports: by name the module of the member and the digest of all that the list says of
 * it but its summary, and whether it loads it late; and all that the members load. Undefined for other modules. Throws an Error for a member that is not of one module of
 * its own folder, because nobody could tell what it is.
 */
function familyOf(file, name) {
  let found;
  const visit = node => {
    if (isFamilyCall(node, file)) {
      const [kind, members] = node.arguments;
      const imports = importsOf(file);
      const each = members.properties.map(member => memberOf(member, { file, name, imports }));
      const specifiers = [...specifiersBelow(members), ...each.map(([, { specifier }]) => specifier)];
      found = { kind: kind.text, members: Object.fromEntries(each), specifiers: [...new Set(specifiers)] };
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isFamilyCall(node, file) {
  if (!ts.isCallExpression(node) || node.arguments.length !== 2) return false;
  const [kind, members] = node.arguments;
  // `(0, family_1.family)` in compiled text.
  return (
    /\bfamily\)?$/.test(node.expression.getText(file)) &&
    ts.isStringLiteralLike(kind) &&
    ts.isObjectLiteralExpression(members)
  );
}

function memberOf(property, { file, name, imports }) {
  const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
  const imported = value && importedBy(value, imports);
  const loads = value === undefined ? [] : (imported ?? loadedBy(value));
  if (loads.length !== 1 || !loads[0].startsWith('./')) {
    throw new Error(
      `${name}.js lists ${property.getText(file)}: a member is imported from its own folder, or its "load" is one import() of it`,
    );
  }
  const fields = value.properties?.filter(field => field.name?.text !== 'summary');
  const text = fields ? `{${fields.map(field => field.getText(file)).join(',\n')}}` : value.getText(file);
  const digest = digestTokens(parseModule(name, `(${text})`));
  return [property.name.text, { specifier: loads[0], digest, late: imported === undefined }];
}

/** What `import()` in its `load` names. */
function loadedBy(value) {
  const load = value.properties?.find(field => field.name?.text === 'load');
  return load === undefined ? [] : [...specifiersBelow(load)];
}

/** The module of `cosine_1.cosine`, in a list; undefined for what is not an imported name. */
function importedBy(value, imports) {
  if (!ts.isPropertyAccessExpression(value) || !ts.isIdentifier(value.expression)) return undefined;
  const specifier = imports.get(value.expression.text);
  return specifier === undefined ? undefined : [specifier];
}

/** By name of the variable, what a compiled `const cosine_1 = require("./cosine")` loads. */
function importsOf(file) {
  const found = new Map();
  for (const statement of file.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      const specifier = initializer && specifierOf(initializer);
      if (ts.isIdentifier(name) && specifier && ts.isStringLiteralLike(specifier)) found.set(name.text, specifier.text);
    }
  }
  return found;
}

function specifiersBelow(root) {
  const found = new Set();
  const visit = node => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.add(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** The node that says what is loaded, when this node loads something by `import`, `export … from`, `require` or `require.resolve`. */
function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (!ts.isCallExpression(node)) return undefined;
  const isLoad =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(node.expression) || isResolve(node.expression);
  return isLoad ? node.arguments[0] : undefined;
}

/** Something that loads is made, or handed on as a value: what it will be asked for cannot be seen. */
function isOpenLoad(node) {
  if (!ts.isIdentifier(node)) return false;
  if (node.text === 'createRequire') return true;
  if (!isRequire(node)) return false;
  const { parent } = node;
  const called = isResolve(parent) ? parent : node;
  // `module.require` is the same.
  const isMember =
    ts.isPropertyAccessExpression(parent) && parent.name === node && parent.expression.getText() !== 'module';
  return !isMember && !(ts.isCallExpression(called.parent) && called.parent.expression === called);
}

const isRequire = node => ts.isIdentifier(node) && node.text === 'require';
const isResolve = node =>
  ts.isPropertyAccessExpression(node) && isRequire(node.expression) && node.name.text === 'resolve';

function isBuiltin(specifier) {
  return specifier.startsWith('node:');
}

/** `@scope/name` of `@scope/name/file`. */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function unlisted(name, unknown) {
  return (
    `${name}.js loads what only its run can tell (${unknown.join(', ')}), so no digest can hold it: load it by a literal, ` +
    'or say in code.json beside it why its results do not depend on that'
  );
}

module.exports = { openModules, reach };
