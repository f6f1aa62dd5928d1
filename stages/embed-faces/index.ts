import {
  recogniserCompanions,
  recogniserOptions,
  type RecogniserChoice,
} from '../../src/embedding/recogniser/recogniser-options';
import { object } from '../../src/kit/options';
import type { Stage } from '../../src/stage';
import { one, optional } from '../../src/stage-inputs';

const inputs = {
  faces: one('face-set', 'Faces to embed'),
  teacher: optional('face-model', 'The teacher; or give the option `model`'),
};

const options = object('The teacher and its input', recogniserOptions('teacher', 'refuse'));

/** Caches a teacher's embeddings of every face and of its mirror image. */
export const embedFaces: Stage<RecogniserChoice, typeof inputs> = {
  name: 'embed-faces',
  summary: 'Embeds aligned faces and their mirror images with a teacher: an artifact or any ArcFace-style ONNX file',
  version: 1,
  rowInputs: ['faces'],
  options,
  companions: recogniserCompanions,
  inputs,
  outputs: {
    embeddings: { type: 'embedding-set', summary: 'Embeddings of both views, in the order of the faces' },
  },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
