import { describe, expect, test } from '@jest/globals';
import { compareModels } from '../../src/reports/compare';
import type { ComparedModel } from '../../src/reports/compared-model';
import { doubts } from '../../src/reports/doubts';
import { html as htmlReport } from '../../src/reports/pages/html';
import { textTable } from '../../src/reports/text-table';
import { comparedModel, pairsWithErrors } from '../helpers/evaluations';

const errors = new Array<number>(10).fill(1);

function modelOf(label: string, { model, ...more }: Partial<ComparedModel>): ComparedModel {
  const made = comparedModel({ label, role: 'other' }, pairsWithErrors({ A: errors, B: errors }));
  return { ...made, ...more, model: { ...made.model, ...model } };
}

const preprocessing = { channels: 'BGR', layout: 'NCHW', mean: 127.5, scale: 128 };
const about = { architecture: 'tiny', embeddingSize: 512, sha256: 'cd'.repeat(32), preprocessing };

const DOUBTED = modelOf('x', {
  model: {
    ...about,
    sample: { findings: ['better-preprocessing', 'collapsed-embeddings', 'better-preprocessing'] },
    doubts: ['the identity loss has taught nothing', 'faces of group A: are they blurred?'],
  },
  seenInTraining: { model: 'known', faces: 80, seen: 3, seenByTeacher: 1, identities: 4 },
  duplicates: { ofOtherIdentity: 2 },
  pairFaults: { repeated: { A: 5, B: 1 }, mislabelled: { B: 1 } },
});

const SENTENCES = [
  '“x”, given BGR, (pixel − 127.5) / 128, tells people of a sample apart better with other preprocessing: see the log of its evaluation',
  '“x”, given BGR, (pixel − 127.5) / 128, makes different people of a sample alike: see the log of its evaluation',
  'Training of “x”: the identity loss has taught nothing',
  'Training of “x”: faces of group A: are they blurred?',
  'Test faces in training: “x” has learnt from 3 of 80 faces (1 by its teacher only); accuracy on them is no estimate for faces that it has not seen',
  '4 identities of the test have the names of identities that “x” has learnt from: if they are the same people, its accuracy is too high',
  '2 test faces show the same picture as a face of another identity',
  'Doubtful pairs: pairs of the same pictures as another pair, counted more than once (A 5, B 1)',
  'Doubtful pairs: genuine pairs of two identities, or impostor pairs of one (B 1)',
];

describe('doubts', () => {
  test('says what each evaluation warned of, and what is the same for all only once', () => {
    expect(doubts([DOUBTED])).toEqual(SENTENCES);
    const other = modelOf('y', { duplicates: { ofOtherIdentity: 2 } });
    expect(doubts([DOUBTED, other])).toEqual(SENTENCES);
  });

  test('says nothing of an evaluation without doubt, or one that did not look', () => {
    const clean = modelOf('x', {
      model: { ...about, sample: { findings: [] } },
      seenInTraining: { model: 'known', faces: 80, seen: 0, seenByTeacher: 0, identities: 0 },
      duplicates: { ofOtherIdentity: 0 },
      pairFaults: {},
    });
    expect(doubts([clean, modelOf('y', {})])).toEqual([]);
  });

  test('stand once below the headline and below the first table of the page', () => {
    const comparison = compareModels([DOUBTED], { title: 't', notes: '' });
    const text = textTable(comparison).replace(/\s+/g, ' ');
    const page = htmlReport
      .render(comparison)
      .replace(/&[a-z]+;/g, '')
      .replace(/\s+/g, ' ');
    for (const sentence of SENTENCES) {
      const times = [
        text.split(sentence),
        page.split(`<p class="note">${sentence}${sentence.endsWith('?') ? '' : '.'}</p>`),
      ].map(parts => parts.length - 1);
      expect([sentence, ...times]).toEqual([sentence, 1, 1]);
    }
  });
});
