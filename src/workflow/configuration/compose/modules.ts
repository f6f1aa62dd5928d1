import { quote } from '../../../kit/text/quote';
import { nearby } from '../read/nearby';
import { compose, openNext, type Chain, type ComposeContext, type Composed } from './compose';
import type { Scope, Variables } from './expression';
import { interpolateMap } from './interpolate';
import type { ExpansionBudget } from '../read/limits';
import type { LocatedMap } from '../read/located';
import { merge } from './merge';
import { overrideParams } from './override-params';
import { applyProfiles } from './profiles';
import type { ReportProblem } from '../read/problem';
import { firstOf } from '../read/shape';
import { readSpec, type ImportSpec, type PipelineSpec } from './spec';
import { warnOfUnreadParams } from './unread-params';

/** A file with stages, with all that it extends: the pipeline itself, or one that is imported under a prefix. */
export interface Module {
  /** Before the ids of its stages: `faces.`; empty for the pipeline itself. */
  readonly prefix: string;
  readonly spec: PipelineSpec;
  /** What its expressions may refer to; the parameters are in force. */
  readonly scope: Scope & { readonly params: LocatedMap };
  readonly imports: readonly Module[];
  /** Whether every file that it imports could be read; otherwise it is not known what connects to what. */
  readonly isWhole: boolean;
  readonly foreignRoots: Composed['foreignRoots'];
}

export interface ModuleContext extends ComposeContext {
  readonly report: ReportProblem;
  readonly budget: ExpansionBudget;
  readonly environment: Variables['values'];
  readonly set: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
}

/** The pipeline with its imports; undefined when its file is no map (reported). */
export function readMainModule(chain: Chain, context: ModuleContext): Module | undefined {
  const composed = compose(chain, context);
  if (!composed) return undefined;
  warnOfUnreadParams(composed, context.report);
  const root = applyProfiles(composed.root, context.profiles, context.report);
  return readModule({ ...composed, root }, { prefix: '', params: undefined, scope: undefined }, context);
}

interface Place {
  readonly prefix: string;
  /** Of the import, and the scope in which they stand; undefined for the pipeline itself. */
  readonly params: LocatedMap | undefined;
  readonly scope: Scope | undefined;
}

function readModule(composed: Composed, { prefix, params, scope: outer }: Place, context: ModuleContext): Module {
  const { report, budget, environment, set } = context;
  const imported = outer !== undefined;
  const spec = readSpec(composed.root, { report, imported, start: firstOf(composed.own) });
  const names = (words: PipelineSpec['env']) => new Set(words.map(({ name }) => name));
  const variables = { env: names(spec.env), secrets: names(spec.secrets), values: environment };
  const common = { variables, report, budget };
  const defined = interpolateMap(spec.params, common);
  const given = params && outer ? overlayParams(defined, interpolateMap(params, outer), prefix, report) : undefined;
  const scope = { ...common, params: given ?? overrideParams(defined, set, report) };
  refuseClashes(spec, report);
  const imports = spec.imports.flatMap(entry => importModule(entry, { composed, prefix, scope }, context) ?? []);
  const isWhole = imports.length === spec.imports.length && imports.every(module => module.isWhole);
  return { prefix, spec, scope, imports, isWhole, foreignRoots: composed.foreignRoots };
}

interface Importer {
  readonly composed: Composed;
  readonly prefix: string;
  readonly scope: Scope;
}

function importModule(
  { prefix, file, params }: ImportSpec,
  importer: Importer,
  context: ModuleContext,
): Module | undefined {
  const opened = openNext(file, importer.composed.chain, context);
  const composed = opened && compose([...importer.composed.chain, opened], context);
  if (!composed) return undefined;
  warnOfUnreadParams(composed, context.report);
  const inside = `${importer.prefix}${prefix.name}.`;
  return readModule(composed, { prefix: inside, params, scope: importer.scope }, context);
}

/** Only what the imported file defines can be replaced: anything else would be a slip. */
function overlayParams(defined: LocatedMap, given: LocatedMap, prefix: string, report: ReportProblem): LocatedMap {
  const known = [...defined.entries.keys()];
  for (const [name, { key }] of given.entries) {
    if (defined.entries.has(name) || defined.broken) continue;
    const message = `Cannot set the parameter ${quote(name)} of import ${quote(prefix.slice(0, -1))}: the file has no such parameter${nearby(name, known)}`;
    report({ code: 'unknown-param', message, span: key });
  }
  return merge(defined, given);
}

/** `faces.align` must mean one thing. */
function refuseClashes({ imports, steps }: PipelineSpec, report: ReportProblem): void {
  for (const { prefix } of imports) {
    const step = steps.find(({ id }) => id === prefix.name);
    if (!step) continue;
    const message = `Cannot use ${quote(prefix.name)} as the prefix of an import: it is the id of a stage; choose another`;
    const notes = [{ message: 'The stage is here', span: step.span }];
    report({ code: 'name-taken', message, span: prefix.span, notes });
  }
}
