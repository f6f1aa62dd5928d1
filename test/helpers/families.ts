import { ENGINES } from '../../src/learning/engines';
import { cpu } from '../../src/learning/engines/cpu';
import type { EngineReport, Engines } from '../../src/learning/engines/find-engine';
import { onednn } from '../../src/learning/engines/onednn';
import { tensorflow } from '../../src/learning/engines/tensorflow';
import { wasm } from '../../src/learning/engines/wasm';
import { webgpu } from '../../src/learning/engines/webgpu';
import type { Backbone } from '../../src/learning/networks';
import type { InitialisationChoice } from '../../src/learning/networks/first-weights';
import { withEmbeddings } from '../../src/learning/students/find-student';
import { iresnet18 } from '../../src/learning/students/iresnet18';
import { iresnet34 } from '../../src/learning/students/iresnet34';
import { iresnet50 } from '../../src/learning/students/iresnet50';
import { mobilefacenet } from '../../src/learning/students/mobilefacenet';
import { small } from '../../src/learning/students/small';
import { tiny } from '../../src/learning/students/tiny';

// Members loaded at once, because titles of tests are made before anything can be awaited. test/family.test.ts holds them equal to the lists.

export const ALL_STUDENTS: readonly Backbone[] = [tiny, small, mobilefacenet, iresnet18, iresnet34, iresnet50];

export const ALL_ENGINES: Engines = { tensorflow, webgpu, onednn, wasm, cpu };

/** `findStudent()`, at once. */
export function studentNow(
  name: string,
  embeddingSize = 512,
  initialisation: InitialisationChoice = 'published',
): Backbone {
  return withEmbeddings(
    ALL_STUDENTS.find(student => student.name === name)!,
    embeddingSize,
    initialisation,
  );
}

/** `surveyEngines()`, at once. */
export function surveyNow(notes: string): EngineReport[] {
  return ENGINES.names.map(name => ({
    name,
    summary: ENGINES.members[name].summary,
    ...ALL_ENGINES[name].find(notes),
  }));
}
