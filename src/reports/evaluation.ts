import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv from 'ajv';
import { messageOf, UserError } from '../errors';
import { PROTOCOL, type GroupEvaluation, type OverallEvaluation } from '../metrics/evaluation';

export type Role = 'teacher' | 'distilled' | 'plain' | 'other';

/** What `evaluation.json` holds: one model, measured on every group. */
export interface Evaluation {
  readonly label: string;
  readonly role: Role;
  /** Digest of the photographs in pairs, where they are known. */
  readonly photographs?: string;
  readonly model: {
    readonly architecture: string;
    readonly embeddingSize: number;
    readonly parameters?: number;
    readonly sha256: string;
  };
  readonly groups: readonly GroupEvaluation[];
  readonly overall: OverallEvaluation;
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
const PERCENT = { type: 'number', minimum: 0, maximum: 100 };
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
      properties: { architecture: TEXT, embeddingSize: COUNT, parameters: COUNT, sha256: TEXT },
    },
    groups: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: [
          'group',
          'pairs',
          'genuine',
          'impostor',
          'accuracy',
          'foldAccuracies',
          'foldStd',
          'thresholds',
          'auc',
          'eer',
          'tarAtFmr',
          'excludedPairs',
        ],
        properties: {
          group: TEXT,
          pairs: COUNT,
          genuine: COUNT,
          impostor: COUNT,
          excludedPairs: COUNT,
          accuracy: PERCENT,
          foldStd: NUMBER,
          foldAccuracies: { type: 'array', items: PERCENT, ...BY_FOLD },
          thresholds: { type: 'array', items: NUMBER, ...BY_FOLD },
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
      required: ['mean', 'stdDdof0', 'stdDdof1', 'ser', 'globalThreshold'],
      properties: {
        mean: NUMBER,
        stdDdof0: NUMBER,
        stdDdof1: NUMBER_OR_NULL,
        ser: NUMBER_OR_NULL,
        globalThreshold: {
          type: 'object',
          required: ['threshold', 'perGroup'],
          properties: {
            threshold: NUMBER,
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
