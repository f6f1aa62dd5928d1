import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import * as ts from 'typescript';

export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** What it takes from the process and the machine instead of from its arguments: `Date.now`, `console.log`. */
  readonly effects: readonly string[];
}

export interface Import {
  /** Path of a file of the repository, or the name of a package. */
  readonly target: string;
  /** `type` leaves nothing in the program, `lazy` is `await import()`, `load` happens when the file is loaded. */
  readonly kind: 'type' | 'lazy' | 'load';
}

/** Every TypeScript file below the folders. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  const paths = folders
    .flatMap(folder => listFiles(join(root, folder)))
    .map(path => relative(root, path).split(sep).join('/'));
  const known = new Set(paths);
  return paths.map(path => parseSource(path, readFileSync(join(root, path), 'utf8'), known));
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(folder).map(name => join(folder, name));
  return entries.flatMap(path => (statSync(path).isDirectory() ? listFiles(path) : path.endsWith('.ts') ? [path] : []));
}

/** `known` are the files that a relative import can mean. */
export function parseSource(path: string, text: string, known: ReadonlySet<string>): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const effects = new Set<string>();
  const add = (name: ts.Node | undefined, kind: Import['kind']): void => {
    if (name && ts.isStringLiteral(name)) imports.push({ target: resolveImport(path, name.text, known), kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node) ? 'type' : 'load');
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'load');
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'type');
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], 'lazy');
    else if (ts.isCallExpression(node) && node.expression.getText() === 'require') add(node.arguments[0], 'lazy');
    const effect = effectOf(node);
    if (effect !== undefined) effects.add(effect);
    ts.forEachChild(node, visit);
  };
  visit(file);
  // A last line end begins no line.
  return { path, lines: text.replace(/\n$/, '').split('\n').length, imports, effects: [...effects] };
}

function isTypeImport({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = importClause;
  const onlyNamed =
    !importClause.name && namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return onlyNamed.length > 0 && onlyNamed.every(element => element.isTypeOnly);
}

function resolveImport(from: string, specifier: string, known: ReadonlySet<string>): string {
  if (!specifier.startsWith('.')) return packageName(specifier);
  const path = posix.join(dirname(from), specifier);
  return [`${path}.ts`, `${path}/index.ts`, `${path}.d.ts`, path].find(candidate => known.has(candidate)) ?? path;
}

function packageName(specifier: string): string {
  const [scope, name] = specifier.split('/');
  return scope!.startsWith('@') ? `${scope!}/${name!}` : scope!;
}

const EFFECTS = /^(console\.\w+|Date\.now|Math\.random|performance\.now|process\.(stdout|stderr|hrtime|exit|env|cwd))$/;

function effectOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && EFFECTS.test(node.getText())) return node.getText();
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()';
  return undefined;
}

/** Groups of files that import each other in a circle (Tarjan's strongly connected components of more than one). */
export function importCycles(sources: readonly Source[]): string[][] {
  const edges = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): void => {
    numbers.set(path, numbers.size);
    lowest.set(path, numbers.get(path)!);
    stack.push(path);
    for (const target of edges.get(path)!) {
      if (!edges.has(target)) continue;
      if (!numbers.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(path, Math.min(lowest.get(path)!, lowest.get(target)!));
    }
    if (lowest.get(path) !== numbers.get(path)) return;
    const component = stack.splice(stack.indexOf(path));
    if (component.length > 1 || edges.get(path)!.includes(path)) cycles.push(component.sort());
  };
  for (const path of edges.keys()) if (!numbers.has(path)) visit(path);
  return cycles;
}
