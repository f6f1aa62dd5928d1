import type { Json } from '../../stage';
import type { PreprocessingSources } from './choose-preprocessing';
import type { FaceModel } from './face-model';
import { describePreprocessing, type Examination } from './judge-recogniser';
import type { Recogniser } from './onnx-recogniser';

/** What an evaluation and the metrics of an embedding set say about a model. */
export interface AboutRecogniser {
  readonly [key: string]: Json;
  readonly architecture: string;
  readonly embeddingSize: number;
  readonly sha256: string;
}

export function aboutRecogniser(
  { architecture, parameters, doubts }: FaceModel,
  { dim, sha256, preprocessing, sources }: Recogniser,
  { summary }: Examination,
): AboutRecogniser {
  const { size, layout, channels, mean, scale } = preprocessing;
  return {
    architecture,
    embeddingSize: dim,
    ...(parameters !== undefined && { parameters }),
    sha256,
    preprocessing: { size, layout, channels, mean, scale, statedBy: { ...sources } },
    // A few faces, embedded before the others.
    sample: { ...summary },
    ...(doubts && { doubts }),
  };
}

/** A line for the log. */
export function describeRecogniser(
  role: string,
  { architecture }: FaceModel,
  { dim, preprocessing, sources }: Recogniser,
): string {
  const how = `${preprocessing.layout}, ${describePreprocessing(preprocessing)}`;
  return `${role} ${architecture}: ${dim} values a face, ${how} (${describeSources(sources)})`;
}

const WORDS = {
  option: 'option',
  'model artifact': 'model artifact',
  'ONNX metadata': 'metadata of the ONNX file',
  'ONNX graph': 'first operations of the ONNX file',
  default: 'default',
} as const;

/** `channels: default; mean, scale: option` */
function describeSources(sources: PreprocessingSources): string {
  const parts = Object.entries(sources) as [keyof PreprocessingSources, PreprocessingSources['mean']][];
  const used = [...new Set(parts.map(([, source]) => source))];
  return used
    .map(source => `${parts.flatMap(([name, own]) => (own === source ? [name] : [])).join(', ')}: ${WORDS[source]}`)
    .join('; ');
}
