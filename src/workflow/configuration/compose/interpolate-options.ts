import type { AnyStage } from '../../../stage';
import { alternatives, quote } from '../../../kit/text/quote';
import type { Scope } from './expression';
import { interpolate } from './interpolate';
import type { LocatedMap } from '../read/located';

/**
 * Replaces the expressions in the options of a stage. Secrets are for those that say that they take them: what a stage publishes is read by
 * later runs, and these know only what secrets are then, not what one was before it was changed.
 */
export function interpolateOptions(map: LocatedMap, stage: AnyStage | undefined, scope: Scope): LocatedMap {
  const entries = [...map.entries].map(([name, { key, value }]) => {
    const takesSecrets = stage === undefined || whyNoSecrets(stage, name);
    return [name, { key, value: interpolate(value, { ...scope, takesSecrets }) }] as const;
  });
  return { ...map, entries: new Map(entries) };
}

/** True where there is nothing to say: of an option that takes secrets, and of one that is not known, which is told by itself. */
function whyNoSecrets({ name: stage, options: { properties } }: AnyStage, option: string): true | string {
  if (!Object.hasOwn(properties, option) || properties[option]!.format === 'secret') return true;
  const taking = Object.keys(properties).filter(name => properties[name]!.format === 'secret');
  const others = taking.length === 0 ? `no option of ${stage} may` : `of ${stage}, ${alternatives(taking, 'and')} may`;
  return (
    `option ${quote(option)} of ${stage} may not hold secrets, because its value may stand in results and logs; ${others}. ` +
    'Write the text itself, or ${env:NAME} for a variable that anybody may see'
  );
}
