import { numbered } from '../kit/text/numbered';
import type { ComparedModel } from './compared-model';
import type { TrainingRecord } from '../data/evaluation';

type Told = Pick<ComparedModel, 'label' | 'role'> & {
  readonly model: Pick<ComparedModel['model'], 'architecture' | 'embeddingSize' | 'sha256' | 'training'>;
};

/**
 * Teachers of the report that a distilled student of it has not learnt from, a sentence each: a teacher that has taught none of them, or a
 * student whose own is not among the teachers. Students that do not say from whom they learnt are left out.
 */
export function otherTeachers(models: readonly Told[]): string[] {
  const teachers = models.filter(({ role }) => role === 'teacher');
  const students = models.filter(({ role, model }) => role === 'distilled' && model.training?.teacher !== undefined);
  const taught = (teacher: Told, student: Told): boolean => student.model.training!.teacher === teacher.model.sha256;
  return teachers.flatMap(teacher => {
    const taughtNone = !students.some(student => taught(teacher, student));
    return students
      .filter(student => taughtNone || !teachers.some(other => taught(other, student)))
      .map(student => {
        const known = models.find(other => taught(other, student));
        const own = known ? `“${known.label}”` : 'another model';
        const weights = student.model.training!.teacher!.slice(0, 12);
        return `“${teacher.label}” is called the teacher, but “${student.label}” learnt from ${own} (weights ${weights}): their difference is not that of a student to its teacher`;
      });
  });
}

/**
 * Models that learnt from a teacher in a report without any `distilled` one, a sentence each: whoever leaves the role out gets no effect of
 * distillation.
 */
export function untoldStudents(models: readonly Told[]): string[] {
  if (models.length < 2 || models.some(({ role }) => role === 'distilled')) return [];
  return models
    .filter(({ role, model }) => role === 'other' && model.training?.teacher !== undefined)
    .map(
      ({ label }) =>
        `“${label}” learnt from a teacher and has the role “other”, so that nothing is said about distillation; evaluate it with role: distilled where that is meant`,
    );
}

/**
 * Distilled and plain students that differ in more than distillation, a sentence for each set of differences: what the report calls the
 * effect of distillation is that of all of them. Seeds, engines and what does not say how it was trained are left out.
 */
export function otherTraining(models: readonly Told[]): string[] {
  const found = new Map<string, string[]>();
  for (const distilled of models.filter(({ role }) => role === 'distilled')) {
    for (const plain of models.filter(({ role }) => role === 'plain')) {
      const text = differences(distilled.model, plain.model).join(', ');
      if (text !== '') found.set(text, [...(found.get(text) ?? []), `“${distilled.label}” and “${plain.label}”`]);
    }
  }
  return [...found].map(
    ([text, pairs]) =>
      `${pairs.join('; ')} differ in more than distillation, which alone does not explain what differs: ${text}`,
  );
}

function differences(first: Told['model'], second: Told['model']): string[] {
  if (!first.training || !second.training) return [];
  const [a, b] = [settingsOf(first, first.training), settingsOf(second, second.training)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap(name => {
    const [one, other] = [a.get(name), b.get(name)];
    if (one === other) return [];
    return name.startsWith('the ') ? [name] : [`${name} ${one ?? 'none'} and ${other ?? 'none'}`];
  });
}

/** An entry named with “the” is a digest, which no reader understands. */
function settingsOf(
  { architecture, embeddingSize }: Told['model'],
  { recipe: { terms, ...recipe }, trainedOn }: TrainingRecord,
): Map<string, string> {
  const others = Object.entries(recipe).filter(([name]) => !NOT_COMPARED.has(name));
  return new Map([
    ['architecture', architecture],
    ['embeddingSize', String(embeddingSize)],
    ...others.flatMap(([name, value]) => flat(name, value)),
    ...ofTerms(terms, trainedOn.taughtBy),
    ['images', JSON.stringify(trainedOn.images)],
    ['the faces', JSON.stringify(trainedOn.faces)],
    ['the selection of faces', JSON.stringify(trainedOn.selection)],
  ]);
}

/** `optimiser.momentum` and so on: so that a reader sees the option that differs. */
function flat(name: string, value: unknown): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, JSON.stringify(value)]];
  return Object.entries(value).map(([inside, one]) => [`${name}.${inside}`, JSON.stringify(one)] as const);
}

/** Of the terms that teach a student without a teacher too, all but the weights; those of weight 0 teach nothing. */
function ofTerms(terms: unknown, taughtBy: readonly string[] = []): (readonly [string, string])[] {
  if (!Array.isArray(terms)) return [];
  const choices = (terms as readonly Choice[]).filter(({ weight }) => weight !== 0);
  const names = numbered(choices.map(({ loss }) => loss));
  return choices.flatMap((options, i) => {
    const name = names[i]!;
    if (taughtBy.includes(name)) return [];
    return flat(name, options).filter(([place]) => place !== `${name}.weight`);
  });
}

interface Choice extends Readonly<Record<string, unknown>> {
  readonly loss: string;
  readonly weight?: number;
}

/** What changes a result by chance or rounding. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['seed', 'replicas']);
