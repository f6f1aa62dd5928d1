import type { Template } from './template';

/** For a data set and a teacher of one's own. */
export const ownData: Template = {
  name: 'own-data',
  summary: 'Your photographs and your teacher as an ONNX file',
  pipeline: 'own-data',
  first: [
    'Put your data where own-data.yaml says, or change its paths:',
    '  data/train, data/test  photographs, landmark and pair files, laid out like RFW: data/<Group>/<identity>/<image>, txts/<Group>/…',
    '  teacher.onnx           a recogniser that takes aligned faces',
    'Data elsewhere needs a line under "roots" in own-data.yaml.',
  ],
  text: `# Distils your teacher into a small student on your photographs, and measures both per group.
# Paths are relative to the folder in which you call pipeline.
name: own-data
description: Distil an own teacher on own photographs, and measure accuracy per group

params:
  seed: 1

# Data outside this folder must be declared, so that a pipeline file from elsewhere cannot read other files:
# roots: [/data/rfw]

stages:
  read-train:
    uses: read-faces
    with: { folder: data, split: train } # data/train/data/<Group>/<identity>/<image>, data/train/txts/<Group>/<Group>_lmk.txt
  read-test:
    uses: read-faces
    with: { folder: data, split: test } # with <Group>_pairs.txt beside the landmarks

  align-train:
    uses: align-faces
    in: { photos: read-train }
  align-test:
    uses: align-faces
    in: { photos: read-test }

  # The teacher's embeddings are computed once; later only images that are new or changed.
  embed:
    uses: embed-faces
    in: { faces: align-train }
    with: { model: teacher.onnx }

  student:
    uses: distill-student
    in: { faces: align-train, embeddings: embed }
    with:
      seed: \${params.seed}
      student: mobilefacenet

  evaluate-student:
    uses: evaluate-student
    in: { model: student, faces: align-test, pairs: read-test }
    with: { label: student, role: distilled }

  report:
    uses: report-bias
    in: { evaluations: [evaluate-student] }
    with: { title: 'Own data' }
`,
};
