import { UserError } from '../../errors';
import { isMember } from '../../family';
import { initialisationOf, type InitialisationChoice } from '../networks/first-weights';
import type { Backbone } from '../networks/layer';
import { STUDENTS } from '.';

/** The backbone of that name, with embeddings of the given width and these first weights. Throws `UserError` unknown-student. */
export async function findStudent(
  name: string,
  embeddingSize = 512,
  initialisation: InitialisationChoice = 'published',
): Promise<Backbone> {
  if (!isMember(STUDENTS, name)) {
    throw new UserError(`Choose a student: "${name}" is not one; choose ${STUDENTS.names.join(', ')}`, {
      code: 'unknown-student',
    });
  }
  return withEmbeddings(await STUDENTS.members[name].load(), embeddingSize, initialisation);
}

/** The backbone with embeddings of the given width and these first weights. */
export function withEmbeddings(
  student: Backbone,
  embeddingSize: number,
  initialisation: InitialisationChoice,
): Backbone {
  const layers = student.layers.map(layer => (layer.op === 'dense' ? { ...layer, units: embeddingSize } : layer));
  return {
    ...student,
    embeddingSize,
    layers,
    initialisation: initialisationOf(student.initialisation, initialisation),
  };
}
