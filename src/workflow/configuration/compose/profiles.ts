import { alternatives, quote } from '../../../kit/text/quote';
import { nearby } from '../read/nearby';
import { emptyMap, type LocatedMap } from '../read/located';
import { mergeFiles } from './merge';
import type { ReportProblem } from '../read/problem';
import { badName, firstOf, isNothing, mapOf, optionalMap, refuseOtherKeys } from '../read/shape';
import { NAME, NAME_RULE } from '../read/names';

const PROFILE_KEYS = ['description', 'engine', 'limits', 'params', 'stages'];

/** A file with the profiles that were asked for laid over it in order. Those that were not are looked at, too. */
export function applyProfiles(root: LocatedMap, names: readonly string[], report: ReportProblem): LocatedMap {
  const profiles = readProfiles(root, report);
  const known = [...profiles.keys()];
  const overlays = names.flatMap(name => {
    const profile = profiles.get(name);
    if (profile) return [profile];
    const has = known.length === 0 ? 'the file has no profiles' : `the file has ${alternatives(known, 'and')}`;
    const message = `Cannot apply ${quote(`--profile ${name}`)}: ${has}${nearby(name, known)}`;
    report({ code: 'unknown-profile', message, span: root.entries.get('profiles')?.key ?? firstOf(root) });
    return [];
  });
  return [root, ...overlays].reduce(mergeFiles);
}

function readProfiles(root: LocatedMap, report: ReportProblem): Map<string, LocatedMap> {
  const profiles = new Map<string, LocatedMap>();
  const stages = root.entries.get('stages')?.value;
  const ids = stages?.kind === 'map' ? stages.entries : new Map<string, never>();
  for (const [name, { key, value }] of optionalMap(root, 'profiles', '"profiles"', report).entries) {
    if (!NAME.test(name)) report(badName('profile name', name, NAME_RULE, key));
    const what = `profile ${quote(name)}`;
    const profile = isNothing(value) ? emptyMap(key) : mapOf(value, what, report);
    if (!profile) continue;
    refuseOtherKeys(profile, PROFILE_KEYS, what, report);
    const overlay = new Map([...profile.entries].filter(([part]) => part !== 'description'));
    profiles.set(name, { ...profile, entries: overlay });
    for (const [id, stage] of optionalMap(profile, 'stages', `"stages" of ${what}`, report).entries) {
      const isNew = stage.value.kind === 'map' && stage.value.entries.has('uses');
      if (ids.has(id) || isNew || value.broken) continue;
      const message = `Cannot change stage ${quote(id)} in ${what}: the file has no such stage${nearby(id, ids.keys())}`;
      report({ code: 'unknown-step', message, span: stage.key });
    }
    refuseNewParams(profile, root, what, report);
  }
  return profiles;
}

/** As `--set`: a new name would change nothing, and a wrong one is not noticed. */
function refuseNewParams(profile: LocatedMap, root: LocatedMap, what: string, report: ReportProblem): void {
  const [own, of] = [root, profile].map(map => map.entries.get('params')?.value);
  if (of?.kind !== 'map' || own?.broken === true) return;
  const known = own?.kind === 'map' ? [...own.entries.keys()] : [];
  for (const [name, { key, value }] of of.entries) {
    if (known.includes(name) || value.broken) continue;
    const message = `Cannot change parameter ${quote(name)} in ${what}: the file has no such parameter${nearby(name, known)}`;
    report({ code: 'unknown-param', message, span: key });
  }
}
