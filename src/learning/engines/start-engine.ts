import { EXIT, UserError } from '../../errors';
import { isMember } from '../../family';
import { ENGINES, type EngineName } from '.';
import type { Engine, EngineOptions, Tf } from './engine';

/**
 * Loads an engine and makes its backend the one in use. Throws `UserError` engine-unavailable when it does not load, and
 * precision-unavailable when it does not know the precision.
 */
export async function startEngine(name: string, options: EngineOptions = {}): Promise<Tf> {
  const engine = await openEngine(name);
  const { precision = 'f32' } = options;
  if (!engine.precisions.includes(precision)) {
    throw new UserError(
      `Start engine ${name}: it knows the precision ${engine.precisions.join(', ')}, and not ${precision}; set \`precision: f32\` in the stage`,
      { code: 'precision-unavailable', exit: EXIT.configuration },
    );
  }
  const tf = await engine.start(options);
  // Or tfjs prints an advertisement for tfjs-node; production mode changes nothing but its messages.
  tf.enableProdMode();
  // For its side effect: tfjs-core's package for Node holds no gradients, they are registered by the whole of tfjs.
  await import('@tensorflow/tfjs');
  return tf;
}

/** The facts about one engine. Loads no other. Throws `UserError` unknown-engine. */
export async function openEngine(name: string): Promise<Engine> {
  return ENGINES.members[engineCalled(name)].load();
}

/** Throws `UserError` unknown-engine. */
export function engineCalled(name: string): EngineName {
  if (isMember(ENGINES, name)) return name;
  throw new UserError(`Choose an engine: "${name}" is not one; choose auto, ${ENGINES.names.join(', ')}`, {
    code: 'unknown-engine',
    exit: EXIT.usage,
  });
}
