import { EXIT, UserError } from '../../errors';
import { ENGINES, type EngineName } from '.';
import type { Engine, Finding, Precision } from './engine';
import { engineCalled } from './start-engine';

/** What `findEngine` chose; `detail` is one sentence that says why. */
export interface FoundEngine {
  readonly name: EngineName;
  readonly detail: string;
}

/** An engine and what this machine has for it. */
export interface EngineReport extends Finding {
  readonly name: EngineName;
  readonly summary: string;
}

/** Engines by name, loaded. */
export type Engines = Readonly<Record<EngineName, Engine>>;

/**
 * Chooses an engine without loading tfjs. `auto` is the first by rank that this machine has: engines on a GPU, then those of the CPU by how
 * fast they train. An engine asked for by name is taken as it is; whether it works shows when it starts.
 * Throws `UserError` unknown-engine, and precision-unavailable where no such engine knows the precision.
 * @param notes folder in which it is remembered what takes seconds to find out
 */
export async function findEngine(wanted: string, notes: string, precision: Precision = 'f32'): Promise<FoundEngine> {
  const engines = await loadEngines();
  if (wanted === 'auto') return chooseEngine(engines, name => engines[name].find(notes), precision);
  const name = engineCalled(wanted);
  refusePrecision(engines, name, precision);
  return { name, detail: `asked for by name: ${ENGINES.members[name].summary}` };
}

/** What the machine has for every engine, in the order in which they are listed to people. */
export async function surveyEngines(notes: string): Promise<EngineReport[]> {
  const engines = await loadEngines();
  return ENGINES.names.map(name => ({
    name,
    summary: ENGINES.members[name].summary,
    ...engines[name].find(notes),
  }));
}

/** What `auto` is. Looks no further than it must. Throws `UserError` precision-unavailable. */
export function chooseEngine(engines: Engines, find: (name: EngineName) => Finding, precision: Precision): FoundEngine {
  const known = new Map<EngineName, Finding>();
  const passed = new Set<string>();
  for (const { name, onGpu } of ranked(engines)) {
    if (!engines[name].precisions.includes(precision)) continue;
    const finding = known.get(name) ?? find(name);
    known.set(name, finding);
    if (finding.usable && (!onGpu || finding.gpu === true)) {
      return { name, detail: [finding.found, ...passed].join('; ') };
    }
    passed.add(finding.usable ? `${name} finds no GPU` : `${name} is not usable`);
  }
  throw new UserError(
    `Choose an engine: for precision ${precision}, found that ${[...passed].join('; ')}; ` +
      'enable one (`npx pipeline doctor` says how) or choose another precision',
    { code: 'precision-unavailable', exit: EXIT.configuration },
  );
}

/** Throws `UserError` precision-unavailable when the engine does not know the precision. */
function refusePrecision(engines: Engines, name: EngineName, precision: Precision): void {
  if (engines[name].precisions.includes(precision)) return;
  const able = ENGINES.names.filter(other => engines[other].precisions.includes(precision));
  throw new UserError(
    `Train in precision ${precision}: the engine ${name} knows ${engines[name].precisions.join(', ')} only; ` +
      `set \`precision: f32\` in the stage, or choose the engine ${able.join(', ')}`,
    { code: 'precision-unavailable', exit: EXIT.configuration },
  );
}

/** All of them: a few small files, for nothing heavy is imported before an engine starts. */
export async function loadEngines(): Promise<Engines> {
  const each = await Promise.all(ENGINES.names.map(async name => [name, await ENGINES.members[name].load()] as const));
  return Object.fromEntries(each) as Record<EngineName, Engine>;
}

/** An engine that computes on a GPU or on the CPU has a rank for each. */
function ranked(engines: Engines): { readonly name: EngineName; readonly onGpu: boolean }[] {
  const ranks = ENGINES.names.flatMap(name => {
    const { gpu, cpu } = engines[name].auto;
    return [
      ...(gpu === undefined ? [] : [{ name, onGpu: true, rank: gpu }]),
      ...(cpu === undefined ? [] : [{ name, onGpu: false, rank: cpu }]),
    ];
  });
  return ranks.sort((a, b) => a.rank - b.rank);
}
