import { EMPTY } from 'rxjs';
import * as o from '../../../src/kit/options';
import type { AnyStage, OptionsSchema, Stage } from '../../../src/stage';
import { inline } from '../../helpers/toy-stages';

const NO_OPTIONS: OptionsSchema = { type: 'object', additionalProperties: false, properties: {} };

function toy(stage: Omit<Stage, 'body' | 'version' | 'summary'>): Stage {
  return { ...stage, summary: `Toy ${stage.name}`, version: 1, body: inline(() => EMPTY) };
}

/** Stages in the form of the real ones, with every kind of option and port. */
export const TOY_STAGES: Readonly<Record<string, AnyStage>> = {
  'draw-faces': toy({
    name: 'draw-faces',
    inputs: {},
    outputs: { photos: { type: 'photo-set', summary: 'Photographs' } },
    options: {
      ...NO_OPTIONS,
      properties: {
        seed: { type: 'integer', minimum: 0, default: 1, description: 'Seed of everything that is drawn' },
        groups: {
          type: 'array',
          items: { enum: ['A', 'B', 'C', 'D'] },
          uniqueItems: true,
          default: ['A', 'B'],
          description: 'Groups',
        },
      },
    },
  }),
  'read-faces': toy({
    name: 'read-faces',
    inputs: { photos: { type: 'photo-set', summary: 'Drawn photographs', optional: true } },
    outputs: {
      photos: { type: 'photo-set', summary: 'Photographs' },
      pairs: { type: 'pair-list', summary: 'Verification pairs' },
    },
    options: {
      ...NO_OPTIONS,
      properties: {
        folder: { type: 'string', format: 'input-path', description: 'Folder of photographs' },
        lists: { type: 'array', items: { type: 'string', format: 'input-path' }, description: 'Files of pairs' },
      },
    },
  }),
  'align-faces': toy({
    name: 'align-faces',
    inputs: { photos: { type: 'photo-set', summary: 'Photographs to align' } },
    outputs: { faces: { type: 'face-set', summary: 'Aligned faces' } },
    options: {
      ...NO_OPTIONS,
      properties: {
        margin: { type: 'number', minimum: 0, maximum: 1, default: 0, description: 'Share of the width left free' },
        template: { enum: ['arcface', 'cosface'], default: 'arcface', description: 'Landmark template' },
        label: { type: ['string', 'null'], pattern: '^[a-z]+$', default: null, description: 'Label' },
        reduction: { anyOf: [{ const: 'mean' }, { type: 'number', exclusiveMinimum: 0 }], description: 'Reduction' },
        crop: {
          type: 'object',
          additionalProperties: false,
          required: ['top'],
          properties: { top: { type: 'integer' }, left: { type: 'integer' } },
          description: 'Crop',
        },
      },
    },
  }),
  'mix-sets': toy({
    name: 'mix-sets',
    inputs: {
      faces: { type: 'face-set', summary: 'Faces to mix', many: true },
      extra: { type: 'face-set', summary: 'More faces', many: true, optional: true },
    },
    outputs: {
      real: { type: 'face-set', summary: 'Real part' },
      synthetic: { type: 'face-set', summary: 'Synthetic part' },
    },
    options: {
      ...NO_OPTIONS,
      required: ['ratio'],
      properties: {
        ratio: { type: 'number', minimum: 0, maximum: 1, description: 'Share of real identities' },
        note: { type: 'string', format: 'secret', description: 'What a server wants to be told' },
        title: { type: 'string', minLength: 1, description: 'Text for the report' },
      },
    },
  }),
  report: toy({
    name: 'report',
    inputs: { faces: { type: 'face-set', summary: 'Faces to report on' } },
    outputs: {},
    options: NO_OPTIONS,
  }),
};

const weight = o.number('Factor on the term', { minimum: 0, default: 1 });

/** What is minimised, in the way of a real stage: paths, secrets and defaults inside branches, lists and maps. */
export const LEARN_OPTIONS = o.object('Options of a toy training', {
  terms: o.list(
    'What is minimised: a weighted sum',
    o.tagged('A term', 'kind', {
      mse: o.object('Squared distance', { weight, reduction: o.choice('How', ['mean', 'sum'], { default: 'mean' }) }),
      cosine: o.object('One minus the cosine', { weight, margin: o.optional(o.number('Margin')) }),
      teacher: o.object('Distance to the embeddings of another model, which is read from a file and runs beside it', {
        weight,
        weights: o.inputPath('The model'),
        extra: o.inputPath('More of it', { default: '' }),
      }),
    }),
  ),
  schedule: o.tagged(
    'How the rate changes',
    'by',
    {
      step: o.object('Falls at epochs', {
        milestones: o.list('Epochs', o.integer('Epoch'), { uniqueItems: true, default: [] }),
      }),
      never: o.object('Stays', {}),
    },
    { default: { by: 'step' } },
  ),
  domains: o.optional(
    o.mapOf(
      'Data by domain',
      o.object('Data', {
        folders: o.list('Folders', o.inputPath('A folder')),
        language: o.text('Language', { default: 'en' }),
      }),
    ),
  ),
  server: o.optional(
    o.object('Who is told', { token: o.optional(o.secret('What it wants')), url: o.optional(o.text('Where')) }),
  ),
});

/** Beside the others, whose list stands in messages. */
export const LEARN: AnyStage = toy({ name: 'learn', inputs: {}, outputs: {}, options: LEARN_OPTIONS });
