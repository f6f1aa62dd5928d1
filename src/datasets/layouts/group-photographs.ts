import { existsSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { UserError } from '../../errors';
import { composed, foldName, spelled } from '../../kit/text/fold-name';
import { plural } from '../../kit/text/human';
import { quote } from '../../kit/text/quote';
import type { GroupFiles } from './group-files';
import type { Photograph, ReadingRemarks } from './layout';
import { doubtLabels, readImageLabels, type LabelFile } from './compare-labels';
import { endingTally } from './group-folders';
import { readLandmarks, type LandmarkTable } from './landmark-file';
import { listFolder, withoutEnding } from './list-folder';
import type { NotOnDisk } from '../reading/not-on-disk';
import { doubtPeople } from './people-file';

/**
 * Every photograph of a group, sorted by identity and file. Holds the landmarks of the group and the names of its identities.
 * Errors with `twin-identities` (`UserError`) when two folders have one name in the normal form NFC.
 * @param names of all groups of the data set
 */
export async function* groupPhotographs(
  root: string,
  group: GroupFiles,
  names: readonly string[],
  { remark, missing, stranger, label }: ReadingRemarks,
): AsyncGenerator<Photograph, void> {
  const identities = existsSync(group.folder) ? (await listFolder(group.folder)).folders : [];
  // First: two folders of one name have rows of one name, of which none is wrong.
  const isAlone = compareNames(group, identities, remark);
  const rows = group.landmarks && (await readLandmarks(group.landmarks, group.name, names));
  for (const doubt of doubtLabels(await labelsOf(group, rows, identities))) label(group.name, doubt);
  const counts = new Map<string, number>();
  const strays = endingTally();
  let firstStray = '';
  const nested: string[] = [];
  let alike = 0;
  for (const name of identities) {
    const folder = join(group.folder, name);
    const { images, others, folders } = await listFolder(folder);
    if (strays.total() === 0 && others.length > 0) firstStray = join(folder, others[0]!);
    others.forEach(strays.add);
    nested.push(...folders.map(inside => join(folder, inside)));
    const identity = composed(name);
    counts.set(identity, images.length);
    for (const image of images) {
      const file = join(folder, image);
      const path = pathIn(root, file);
      let landmarks = rows?.take(`${name}/${image}`);
      if (rows && landmarks === undefined && isAlone(name) && isOnly(image, images)) {
        landmarks = rows.takeAlike(`${name}/${image}`);
        if (landmarks !== undefined) alike++;
      }
      yield { path, file, group: group.name, identity, landmarks };
    }
  }
  if (rows !== undefined) tellUnused(rows, group, missing, stranger);
  if (alike > 0) {
    remark(
      `Group ${group.name}: ${plural(alike, 'landmark row')} written in another case, or with another ending, than the files they are taken for`,
    );
  }
  if (strays.total() > 0 && group.absent === undefined) {
    remark(
      `Group ${group.name}: left out ${strays.total()} that are no photographs (${strays.text()}), the first is ${firstStray}`,
    );
  }
  if (nested.length > 0 && group.absent === undefined) {
    remark(
      `Group ${group.name}: ${plural(nested.length, 'folder')} inside of folders of identities, the first is ${nested[0]!}: what is in there ` +
        'is not read; put photographs right into the folder of their identity',
    );
  }
  tellEmpty(group, counts, remark);
  if (group.people !== undefined && group.absent === undefined) {
    const doubt = await doubtPeople(group.people, counts);
    if (doubt !== undefined) label(group.name, doubt);
  }
}

/** Relative to the root, with `/`. */
export function pathIn(root: string, file: string): string {
  return relative(root, file).split(sep).join('/');
}

async function labelsOf(
  { landmarks, images, absent }: GroupFiles,
  rows: LandmarkTable | undefined,
  identities: readonly string[],
): Promise<LabelFile[]> {
  return [
    ...(landmarks && rows ? [{ file: landmarks.file, labels: rows.labels }] : []),
    ...(images === undefined || absent !== undefined ? [] : [await readImageLabels(images, identities)]),
  ];
}

/** Tells of identities whose names differ in case only; returns whether a name is unlike all others then. */
function compareNames(
  { name: group, folder }: GroupFiles,
  identities: readonly string[],
  remark: (text: string) => void,
): (identity: string) => boolean {
  const folded = new Map<string, string>();
  const twins = new Set<string>();
  let first: readonly [string, string] | undefined;
  for (const name of identities) {
    const key = foldName(name);
    const other = folded.get(key);
    if (other !== undefined && composed(other) === composed(name)) {
      throw new UserError(
        `Cannot read data set: ${folder} holds ${spelled(other)} and ${spelled(name)}, which are one name in two normal forms; ` +
          'put the photographs of both into one folder, or rename one of them',
        { code: 'twin-identities' },
      );
    }
    if (other !== undefined) {
      first ??= [other, name];
      twins.add(key);
    }
    folded.set(key, name);
  }
  if (first !== undefined) {
    const [a, b] = first.map(spelled);
    remark(
      `Group ${group}: ${plural(twins.size, 'name')} of identities differ from another one in case or white space only, such as ${a!} and ${b!}; they stay different people`,
    );
  }
  return name => !twins.has(foldName(name));
}

function isOnly(image: string, images: readonly string[]): boolean {
  const key = foldName(withoutEnding(image));
  return images.every(other => other === image || foldName(withoutEnding(other)) !== key);
}

function tellUnused(
  rows: LandmarkTable,
  { name, folder, landmarks }: GroupFiles,
  missing: Pick<NotOnDisk, 'add'>,
  stranger: ReadingRemarks['stranger'],
): void {
  const { file } = landmarks!;
  for (const { image, line } of rows.unused()) {
    missing.add(name, image, `${file}:${line}: found a row for ${join(folder, image)}`);
  }
  for (const [group, { rows: count, line }] of rows.strangers) {
    stranger(group, `it has no folder, but ${count} landmark rows in ${basename(file)}, from line ${line} on`);
  }
}

function tellEmpty(
  { name, absent }: GroupFiles,
  counts: ReadonlyMap<string, number>,
  remark: (text: string) => void,
): void {
  const empty = [...counts].filter(([, count]) => count === 0);
  if (empty.length === 0 || absent !== undefined) return;
  remark(
    `Group ${name}: ${empty.length} of ${counts.size} identities have a folder without a photograph, the first is ${quote(empty[0]![0])}`,
  );
}
