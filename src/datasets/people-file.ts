import { UserError } from '../errors';
import { numberedLines } from './numbered-lines';
import { quote } from '../util/quote';

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
