import { join, resolve } from 'node:path';
import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';
import { describeMachine } from '../shared/describe-machine';
import { doctorText, type Diagnosis } from './doctor-text';
import { version } from '../shared/version';
import { printable } from '../../kit/text/printable';

export interface DoctorOptions {
  readonly fix?: string;
  readonly wheel?: string;
  readonly library?: string;
  readonly json?: boolean;
  readonly artifacts: string;
}

/**
 * `pipeline doctor`: checks every engine again, after enabling one if asked. Returns the exit code: whether some engine works, or the one that was to
 * be enabled.
 */
export async function doctorCommand(options: DoctorOptions, effects: Effects): Promise<number> {
  const { out, cwd } = effects;
  refuseUselessOptions(options);
  const { fix: engine } = options;
  if (engine !== undefined) await fix({ ...options, fix: engine }, effects);
  const diagnosis = await diagnose(join(resolve(cwd, options.artifacts), '.store'));
  out.write(options.json === true ? `${JSON.stringify(diagnosis)}\n` : printable(doctorText(diagnosis)));
  const wanted = diagnosis.engines.filter(({ name }) => options.fix === undefined || name === options.fix);
  return wanted.some(({ usable }) => usable) ? EXIT.done : EXIT.stageFailed;
}

async function diagnose(notes: string): Promise<Diagnosis> {
  const { chooseEngine, loadEngines, surveyEngines } = await import('../../learning/engines/find-engine');
  const { forgetProbes } = await import('../../learning/engines/probe');
  try {
    forgetProbes(notes);
  } catch {
    // A folder that is not writable may keep old results of probes; the report is still useful.
  }
  const engines = await surveyEngines(notes);
  const auto = chooseEngine(await loadEngines(), name => engines.find(engine => engine.name === name)!, 'f32');
  return { version: version(), machine: describeMachine(), engines, auto };
}

async function fix(
  { fix, wheel, library }: DoctorOptions & { fix: string },
  { err, env, cwd }: Effects,
): Promise<void> {
  const { ENGINES } = await import('../../learning/engines');
  const { engineCalled } = await import('../../learning/engines/start-engine');
  const enable = await ENGINES.members[engineCalled(fix)].fix?.();
  await enable?.({
    ...(wheel !== undefined && { wheel: resolve(cwd, wheel) }),
    ...(library !== undefined && { library: resolve(cwd, library) }),
    env,
    say: line => err.write(`${printable(line)}\n`),
  });
}

function refuseUselessOptions({ fix, wheel, library }: DoctorOptions): void {
  const mistake =
    fix === undefined && (wheel ?? library) !== undefined
      ? '--wheel and --library need --fix with an engine'
      : wheel !== undefined && library !== undefined
        ? 'both --wheel and --library say where the library is; give one'
        : undefined;
  if (mistake !== undefined)
    throw new UserError(`Cannot run doctor: ${mistake}`, { code: 'bad-option', exit: EXIT.usage });
}
