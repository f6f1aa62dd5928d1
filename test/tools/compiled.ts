import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { readCodeFacts } from '../../tools/code-facts';
import { describeCode, type CodeFacts, type CodeSources } from '../../tools/describe-code';

export const REPOSITORY = join(__dirname, '..', '..');

const NO_FACTS: CodeFacts = { listed: {}, folders: {} };

/** The code of a toy: TypeScript by path, `stages/index.ts` among it, compiled as the build does. */
export function describeToy(
  sources: Readonly<Record<string, string>>,
  options: Partial<CodeSources> = {},
): ReturnType<typeof describeCode> {
  const read = (path: string): string | undefined => {
    const source = sources[path.replace(/\.js$/, '.ts')];
    return source === undefined ? undefined : compile(source);
  };
  return describeCode({ read, native: {}, facts: NO_FACTS, ...options });
}

/**
 * The code of this repository, as it lies there and not as it was last built.
 * @param changed sources by path that are other than there, or new
 */
export function describeRepository(
  options: Partial<CodeSources> = {},
  changed: Readonly<Record<string, string>> = {},
): ReturnType<typeof describeCode> {
  const read = (path: string): string | undefined => {
    const source = path.replace(/\.js$/, '.ts');
    try {
      return compileOnce(changed[source] ?? readFileSync(join(REPOSITORY, source), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return describeCode({ read, native: {}, facts: readCodeFacts(REPOSITORY), ...options });
}

function compileOnce(source: string): string {
  const text = compiled.get(source) ?? compile(source);
  compiled.set(source, text);
  return text;
}

const compiled = new Map<string, string>();

function compile(source: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, isolatedModules: true };
  return ts.transpileModule(source, { compilerOptions: { ...compilerOptions, esModuleInterop: true } }).outputText;
}
