import { UserError } from '../../errors';
import type { FaceSet } from '../../data/face-set';
import { foldName } from '../../kit/text/fold-name';
import type { ImagesByIdentity, Source } from './mix-plan';

/** What a face set has to give. Holds a number per identity. */
export interface FaceCounts {
  /** By group. */
  readonly identities: ReadonlyMap<string, ImagesByIdentity>;
  readonly domains: ReadonlySet<string>;
}

export async function contentsOf(faces: Pick<FaceSet, 'rows'>): Promise<FaceCounts> {
  const groups = new Map<string, Map<string, number>>();
  const domains = new Set<string>();
  for await (const { group, identity, domain } of faces.rows()) {
    const identities = groups.get(group) ?? new Map<string, number>();
    groups.set(group, identities.set(identity, (identities.get(identity) ?? 0) + 1));
    domains.add(domain);
  }
  return { identities: groups, domains };
}

/** Errors with `mix-mismatch` (`UserError`) when two face sets cannot be learnt from together. */
export function refuseMismatch(
  sets: Readonly<Record<Source, Pick<FaceSet, 'info'>>>,
  contents: Readonly<Record<Source, FaceCounts>>,
): void {
  const compare = (what: string, real: string | number, synthetic: string | number, then: string): void => {
    if (real === synthetic) return;
    throw mismatch(`${what} differ: real ${real}, synthetic ${synthetic}; ${then}`);
  };
  const [real, synthetic] = [sets.real.info, sets.synthetic.info];
  const alike = 'give both align-faces stages the same options';
  compare('sizes of the faces', real.size, synthetic.size, alike);
  compare('templates', real.template, synthetic.template, alike);
  compare(
    'groups',
    groupNames(contents.real),
    groupNames(contents.synthetic),
    'the share is kept in each group, so both need the same',
  );
  const other = folded(contents.synthetic.domains);
  const shared = [...contents.real.domains].find(domain => other.has(foldName(domain)));
  if (shared !== undefined) {
    throw mismatch(
      `both sets carry the domain "${shared}", so that real and synthetic people of the same name could not be told apart; ` +
        'set another `domain` in one of the read-faces stages, such as synthetic',
    );
  }
  if (folded(contents.real.domains).has('synthetic') || other.has('real')) {
    const domains = (source: Source): string => [...contents[source].domains].join(', ');
    throw mismatch(
      `the faces at \`real\` carry the domain "${domains('real')}", those at \`synthetic\` "${domains('synthetic')}": are the two exchanged ` +
        'under `in`? If not, set the right `domain` in the read-faces stages',
    );
  }
}

function folded(names: ReadonlySet<string>): Set<string> {
  return new Set([...names].map(foldName));
}

function groupNames({ identities }: FaceCounts): string {
  return [...identities.keys()].sort().join(', ');
}

function mismatch(found: string): UserError {
  return new UserError(`Cannot mix: ${found}`, { code: 'mix-mismatch' });
}
