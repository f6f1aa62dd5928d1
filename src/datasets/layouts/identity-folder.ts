import { join } from 'node:path';
import { findGroups, hasGroups, type GroupPlace } from './find-groups';
import type { FoundGroups, GroupFiles } from './group-files';
import { groupPairs } from './group-pairs';
import { groupPhotographs } from './group-photographs';
import type { Group, Layout } from './layout';
import { isFolder } from './list-folder';
import { identityPart } from './parts';
import { withLandmarks } from './with-landmarks';

export interface IdentityFolder {
  readonly summary: string;
  /** Folders that may hold `<Group>/<identity>/<image>`, relative to the root; the first that does is taken. */
  readonly places: (split: string) => readonly string[];
  /** Of these, the ones that may hold other folders than groups, such as those of splits. */
  readonly mixed?: readonly string[];
}

/** A data set as a folder of groups, each a folder of identities, each a folder of images; text files are in `txts/` or beside it. */
export function identityFolder({ summary, places, mixed = [] }: IdentityFolder): Layout {
  const placeOf = (root: string, place: string, split: string): GroupPlace => ({
    data: join(root, place),
    isMixed: mixed.includes(place),
    split,
  });

  /** The place that is read, and those before it. */
  async function placesUpTo(root: string, split: string): Promise<readonly string[] | undefined> {
    const all = places(split);
    for (const [i, place] of all.entries()) {
      if (isFolder(join(root, place)) && (await hasGroups(root, placeOf(root, place, split))))
        return all.slice(0, i + 1);
    }
    return undefined;
  }

  return {
    summary,
    needs(split) {
      const all = places(split);
      return all.length === 0 ? `another split than "${split}"` : `<Group>/<identity>/<image> in ${all.join(' or ')}`;
    },
    async recognise(root, split) {
      return (await placesUpTo(root, split)) !== undefined;
    },
    async part(root, split) {
      const tried = await placesUpTo(root, split);
      return tried && identityPart(split, tried);
    },
    async open(root, { split, landmarks }) {
      const place = (await placesUpTo(root, split))?.at(-1);
      if (place === undefined) return undefined;
      const found = await findGroups(root, placeOf(root, place, split));
      const { groups, remarks } = landmarks === undefined ? found : await withLandmarks(found, landmarks);
      return {
        root,
        found: `groups in ${place === '.' ? 'the root' : place}`,
        remarks,
        groups: groups.map(group => openGroup(root, group, groups)),
      };
    },
  };
}

function openGroup(root: string, group: GroupFiles, all: FoundGroups['groups']): Group {
  const { name, absent, landmarks, pairs, people, images } = group;
  const names = all.map(other => other.name);
  return {
    name,
    ...(absent !== undefined && { absent }),
    files: {
      ...(landmarks && { landmarks: landmarks.file }),
      ...(pairs !== undefined && { pairs }),
      ...(people !== undefined && { people }),
      ...(images !== undefined && { images }),
    },
    photographs: remarks => groupPhotographs(root, group, names, remarks),
    ...(pairs !== undefined && { pairs: remarks => groupPairs(root, { ...group, pairs }, remarks) }),
  };
}
