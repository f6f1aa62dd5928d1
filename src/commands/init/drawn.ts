import type { Template } from './template';

/** Runs on any machine: its faces are drawn by a program. */
export const drawn: Template = {
  name: 'drawn',
  summary: 'Built-in drawn faces; runs in seconds and needs no data',
  pipeline: 'first',
  first: [],
  text: `# A small pipeline on faces that a program draws. It shows how a file is written; its numbers say nothing about people.
name: first
description: Train a small teacher, distil it into a student, and compare both per group

params:
  seed: 1 # everything random follows from it; try: pipeline run first --set seed=2

stages:
  # Every stage has a name of your choice, the kind of work (uses), what it reads (in) and its options (with).
  # pipeline stages lists all kinds, pipeline stages align-faces describes one.
  draw:
    uses: synthesize-faces
    with:
      seed: \${params.seed}
      trainIdentities: 7 # per group
      trainImages: 4 # per identity
      testIdentities: 20 # other people than in training
      testImages: 3
      pairsPerFold: 4

  read-train:
    uses: read-faces
    in: { folder: draw }
    with: { split: train }
  read-test:
    uses: read-faces
    in: { folder: draw }
    with: { split: test }

  align-train:
    uses: align-faces
    in: { photos: read-train }
  align-test:
    uses: align-faces
    in: { photos: read-test }

  teacher:
    uses: train-teacher
    in: { faces: align-train }
    with: { seed: '\${params.seed}', backbone: tiny, epochs: 1, batch: 16 }
  embed:
    uses: embed-faces
    in: { faces: align-train, teacher: teacher }

  student:
    uses: distill-student
    in: { faces: align-train, embeddings: embed }
    with: { seed: '\${params.seed}', epochs: 1, batch: 16 } # change an option and run again: only what depends on it runs again

  evaluate-teacher:
    uses: evaluate-student
    in: { model: teacher, faces: align-test, pairs: read-test }
    with: { label: teacher, role: teacher }
  evaluate-student:
    uses: evaluate-student
    in: { model: student, faces: align-test, pairs: read-test }
    with: { label: student, role: distilled }

  report:
    uses: report-bias
    in: { evaluations: [evaluate-teacher, evaluate-student] }
    with: { title: 'First run, drawn faces' }
`,
};
