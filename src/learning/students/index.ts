import { UserError } from '../../errors';
import { initialisationOf, type InitialisationChoice } from '../networks/first-weights';
import type { Backbone } from '../networks/layer';
import { iresnet18 } from './iresnet18';
import { iresnet34 } from './iresnet34';
import { iresnet50 } from './iresnet50';
import { mobilefacenet } from './mobilefacenet';
import { small } from './small';
import { tiny } from './tiny';

/** Every backbone that can be trained, smallest first. A new one is one more file and one more line here. */
export const STUDENTS: readonly Backbone[] = [tiny, small, mobilefacenet, iresnet18, iresnet34, iresnet50];

export const STUDENT_NAMES: readonly string[] = STUDENTS.map(({ name }) => name);

/** The backbone of that name, with embeddings of the given width and these first weights. Throws `UserError` unknown-student. */
export function findStudent(
  name: string,
  embeddingSize = 512,
  initialisation: InitialisationChoice = 'published',
): Backbone {
  const found = STUDENTS.find(student => student.name === name);
  if (!found) {
    throw new UserError(`Choose a student: "${name}" is not one; choose ${STUDENT_NAMES.join(', ')}`, {
      code: 'unknown-student',
    });
  }
  const layers = found.layers.map(layer => (layer.op === 'dense' ? { ...layer, units: embeddingSize } : layer));
  return { ...found, embeddingSize, layers, initialisation: initialisationOf(found.initialisation, initialisation) };
}
