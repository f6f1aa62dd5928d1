import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv from 'ajv';
import { messageOf, UserError } from '../errors';
import { PROTOCOL, type GroupEvaluation, type OverallEvaluation } from '../evaluation/metrics/evaluation';

export type Role = 'teacher' | 'distilled' | 'plain' | 'other';

/** What `evaluation.json` holds: one model, measured on every group. */
export interface Evaluation {
  readonly label: string;
  readonly role: Role;
  /** Digest of the photographs in pairs, where they are known. */
  readonly photographs?: string;
  /** Digest of the pixels of the faces in pairs; left out where nobody looked. */
  readonly facePixels?: string;
  readonly model: {
    readonly architecture: string;
    readonly embeddingSize: number;
    readonly parameters?: number;
    readonly sha256: string;
    /** What becomes of a pixel 0..255 before the model sees it; left out where it is not known. */
    readonly preprocessing?: StatedPreprocessing;
    /** What looked wrong in a sample of its embeddings, by code; left out where nobody looked. */
    readonly sample?: { readonly findings?: readonly string[] };
    /** What is doubtful about its training, a phrase each; left out where nothing is, or nothing is known. */
    readonly doubts?: readonly string[];
    /** How it was trained; left out for a model that does not say. */
    readonly training?: TrainingRecord;
  };
  readonly groups: readonly GroupEvaluation[];
  readonly overall: OverallEvaluation;
  /** The faces are drawings of nobody; left out for photographs, and where nothing is known. */
  readonly drawn?: boolean;
  /** Test faces that the model has learnt from; left out where nobody looked. */
  readonly seenInTraining?: SeenInTraining;
  /** Pairs that cannot be what they should be: counts by fault, then by group; left out where nobody looked. */
  readonly pairFaults?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Test faces that show the picture of a face of another identity; left out where nobody looked. */
  readonly duplicates?: { readonly ofOtherIdentity?: number };
}

/** What `model.json` says of a training. */
export interface TrainingRecord {
  /** Digest of the model that it learnt from, hex. */
  readonly teacher?: string;
  readonly recipe: Readonly<Record<string, unknown>>;
  /** Digests of artifacts, the number of faces, and the names of the terms that learnt from a teacher. */
  readonly trainedOn: {
    readonly faces?: readonly string[];
    readonly selection?: string;
    readonly images?: number;
    readonly taughtBy?: readonly string[];
  };
}

/** The model sees (pixel - mean) / scale. */
export interface StatedPreprocessing {
  /** Edge of a face in pixels. */
  readonly size?: number;
  readonly channels: string;
  readonly layout: string;
  readonly mean: number | readonly number[];
  readonly scale: number | readonly number[];
}

/** `seen` is missing for a model that does not say what it was trained on. */
export interface SeenInTraining {
  readonly model: string;
  readonly faces?: number;
  readonly seen?: number;
  /** Those of `seen` that only its teacher has learnt from. */
  readonly seenByTeacher?: number;
  /** Identities of the test that have the names of identities in training. */
  readonly identities?: number;
}

/**
 * Reads `evaluation.json` of an evaluation's folder. Errors with `bad-evaluation` when it is missing, is not JSON, or is not
 * an evaluation by 10 folds.
 * @param stage the stage that made it, for the message
 */
export async function readEvaluation(folder: string, stage: string): Promise<Evaluation> {
  const path = join(folder, 'evaluation.json');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw badEvaluation(stage, `${path} cannot be read: ${messageOf(error)}`, error);
  }
  if (isEvaluation(content)) return content;
  const [first] = isEvaluation.errors ?? [];
  const place = first?.instancePath === '' ? 'the whole' : first?.instancePath;
  throw badEvaluation(stage, `${path}: ${place ?? ''} ${first?.message ?? 'is wrong'}`);
}

/** The artifact of a stage that cannot be compared. */
export function badEvaluation(stage: string, reason: string, cause?: unknown): UserError {
  return new UserError(`Cannot use the evaluation of stage "${stage}": ${reason}; evaluate the model again`, {
    code: 'bad-evaluation',
    cause,
  });
}

const TEXT = { type: 'string', minLength: 1 };
const COUNT = { type: 'integer', minimum: 0 };
const NUMBER = { type: 'number' };
const NUMBER_OR_NULL = { type: ['number', 'null'] };
const PERCENT_OR_NULL = { type: ['number', 'null'], minimum: 0, maximum: 100 };
const NUMBERS = { type: ['number', 'array'], items: NUMBER };
const BY_FOLD = { minItems: PROTOCOL.folds, maxItems: PROTOCOL.folds };

const isEvaluation = new Ajv({ allowUnionTypes: true }).compile<Evaluation>({
  type: 'object',
  required: ['label', 'role', 'model', 'groups', 'overall'],
  properties: {
    label: TEXT,
    role: { enum: ['teacher', 'distilled', 'plain', 'other'] },
    model: {
      type: 'object',
      required: ['architecture', 'embeddingSize', 'sha256'],
      properties: {
        architecture: TEXT,
        embeddingSize: COUNT,
        parameters: COUNT,
        sha256: TEXT,
        preprocessing: {
          type: 'object',
          required: ['channels', 'layout', 'mean', 'scale'],
          properties: { size: COUNT, channels: TEXT, layout: TEXT, mean: NUMBERS, scale: NUMBERS },
        },
        sample: { type: 'object', properties: { findings: { type: 'array', items: TEXT } } },
        doubts: { type: 'array', items: TEXT },
        training: {
          type: 'object',
          required: ['recipe', 'trainedOn'],
          properties: {
            teacher: TEXT,
            recipe: { type: 'object' },
            trainedOn: {
              type: 'object',
              properties: { faces: { type: 'array', items: TEXT }, selection: TEXT, images: COUNT },
            },
          },
        },
      },
    },
    facePixels: TEXT,
    drawn: { type: 'boolean' },
    seenInTraining: {
      type: 'object',
      required: ['model'],
      properties: { model: TEXT, faces: COUNT, seen: COUNT, seenByTeacher: COUNT, identities: COUNT },
    },
    pairFaults: { type: 'object', additionalProperties: { type: 'object', additionalProperties: COUNT } },
    duplicates: { type: 'object', properties: { ofOtherIdentity: COUNT } },
    groups: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: [
          'group',
          'listedPairs',
          'pairs',
          'genuine',
          'impostor',
          'accuracy',
          'foldAccuracies',
          'foldStd',
          'thresholds',
          'foldSizes',
          'accuracyGrid',
          'auc',
          'eer',
          'tarAtFmr',
          'excludedPairs',
        ],
        properties: {
          group: TEXT,
          listedPairs: COUNT,
          excludedPairs: COUNT,
          pairs: COUNT,
          genuine: COUNT,
          impostor: COUNT,
          accuracy: PERCENT_OR_NULL,
          reason: TEXT,
          remarks: { type: 'array', items: TEXT },
          foldAccuracies: { type: 'array', items: PERCENT_OR_NULL, ...BY_FOLD },
          foldStd: NUMBER_OR_NULL,
          thresholds: { type: 'array', items: NUMBER_OR_NULL, ...BY_FOLD },
          foldSizes: { type: 'array', items: COUNT, ...BY_FOLD },
          accuracyGrid: PERCENT_OR_NULL,
          auc: NUMBER_OR_NULL,
          eer: NUMBER_OR_NULL,
          tarAtFmr: {
            type: 'array',
            items: { type: 'object', required: ['fmr', 'tar'], properties: { fmr: NUMBER, tar: NUMBER_OR_NULL } },
          },
        },
      },
    },
    overall: {
      type: 'object',
      required: ['mean', 'stdDdof0', 'stdDdof1', 'ser', 'missing', 'globalThreshold'],
      properties: {
        mean: NUMBER_OR_NULL,
        stdDdof0: NUMBER_OR_NULL,
        stdDdof1: NUMBER_OR_NULL,
        stdReason: TEXT,
        ser: NUMBER_OR_NULL,
        serReason: TEXT,
        missing: {
          type: 'array',
          items: { type: 'object', required: ['group', 'reason'], properties: { group: TEXT, reason: TEXT } },
        },
        globalThreshold: {
          type: 'object',
          required: ['threshold', 'perGroup'],
          properties: {
            threshold: NUMBER_OR_NULL,
            perGroup: {
              type: 'array',
              items: {
                type: 'object',
                required: ['group', 'fmr', 'fnmr'],
                properties: { group: TEXT, fmr: NUMBER_OR_NULL, fnmr: NUMBER_OR_NULL },
              },
            },
          },
        },
      },
    },
  },
});
