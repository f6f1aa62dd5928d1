import { UserError } from '../errors';
import type { Backbone } from '../networks/layer';
import { iresnet18 } from './iresnet18';
import { iresnet34 } from './iresnet34';
import { iresnet50 } from './iresnet50';
import { mobilefacenet } from './mobilefacenet';
import { small } from './small';
import { tiny } from './tiny';

/** Every backbone that can be trained, smallest first. A new one is one more file and one more line here. */
export const STUDENTS: readonly Backbone[] = [tiny, small, mobilefacenet, iresnet18, iresnet34, iresnet50];

/** The backbone of that name. Throws `UserError` unknown-student. */
export function findStudent(name: string): Backbone {
  const found = STUDENTS.find(student => student.name === name);
  if (found) return found;
  const names = STUDENTS.map(student => student.name).join(', ');
  throw new UserError(`Choose a student: "${name}" is not one; choose ${names}`, { code: 'unknown-student' });
}
