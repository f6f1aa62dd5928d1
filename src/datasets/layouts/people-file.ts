import { basename } from 'node:path';
import { UserError } from '../../errors';
import { quote } from '../../kit/text/quote';
import type { LabelDoubt } from './compare-labels';
import { folderFinder } from './folder-finder';
import { numberedLines } from './numbered-lines';

/**
 * Images per identity, as the people file of a group says: lines of `identity \t count`.
 * Errors with `bad-people` (`UserError`) and file:line at a malformed row and a second row for an identity.
 */
export async function readPeople(file: string): Promise<Map<string, number>> {
  const people = new Map<string, number>();
  for await (const { number, fields } of numberedLines(file)) {
    const [identity, count] = fields;
    const bad = (found: string, then: string): UserError =>
      new UserError(`Cannot read people: ${file}:${number}: ${found}; ${then}`, { code: 'bad-people' });
    if (fields.length !== 2) throw bad(`found ${fields.length} fields, want 2 (identity, count)`, 'mend the row');
    if (!/^\d+$/.test(count!)) throw bad(`found ${quote(count)} images, want a whole number`, 'mend the row');
    if (people.has(identity!)) throw bad(`found a second row for ${quote(identity)}`, 'remove one of them');
    people.set(identity!, Number(count));
  }
  return people;
}

/**
 * How the people file of a group does not fit its folders. Truncated downloads are common, and RFW's own files list identities without images:
 * it cannot be an error, and people with no images need no folder.
 * @param counts images of every folder
 */
export async function doubtPeople(file: string, counts: ReadonlyMap<string, number>): Promise<LabelDoubt | undefined> {
  const people = await readPeople(file);
  const folderOf = folderFinder([...counts.keys()]);
  const [strangers, others]: [string[], string[]] = [[], []];
  const listed = new Set<string>();
  for (const [person, count] of people) {
    const folder = folderOf(person);
    const found = folder === undefined ? 0 : counts.get(folder)!;
    if (folder !== undefined) listed.add(folder);
    if (found === count) continue;
    if (folder === undefined) strangers.push(quote(person));
    else others.push(`${quote(folder)} with ${found} instead of ${count}`);
  }
  const unlisted = [...counts].filter(([folder, count]) => count > 0 && !listed.has(folder));
  const lacking = unlisted.map(([folder]) => quote(folder));
  const found: [string[], number, (name: string) => string][] = [
    [others, people.size, name => `identities have another number of images than ${name} says`],
    [strangers, people.size, name => `identities in ${name} have no folder`],
    [lacking, counts.size, name => `folders of identities have no row in ${name}`],
  ];
  const faults = found.filter(([found]) => found.length > 0);
  if (faults.length === 0) return undefined;
  const textWith = (name: string): string =>
    faults
      .map(([{ length, 0: first }, all, what]) => `${length} of ${all} ${what(name)}, the first is ${first}`)
      .join('; ');
  return {
    doubtful: others.length + strangers.length + lacking.length,
    identities: people.size + lacking.length,
    text: textWith(file),
    short: textWith(basename(file)),
  };
}
