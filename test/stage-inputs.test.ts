import { describe, expect, test } from '@jest/globals';
import { many, one, optional, viewInputs, type StageInput } from '../src/stage-inputs';

const PORTS = {
  photos: one('photo-set', 'Photographs'),
  model: optional('face-model', 'A model'),
  faces: many('face-set', 'Faces'),
  embeddings: many('embedding-set', 'Embeddings', { optional: true }),
};

const artifact = (stage: string): StageInput => ({ stage, folder: `/${stage}`, digest: `sha256:${stage}` });
const [a, b, c] = [artifact('a'), artifact('b'), artifact('c')];

describe('ports', () => {
  test('say of themselves what the engine asks', () => {
    expect(PORTS).toEqual({
      photos: { type: 'photo-set', summary: 'Photographs' },
      model: { type: 'face-model', summary: 'A model', optional: true },
      faces: { type: 'face-set', summary: 'Faces', many: true },
      embeddings: { type: 'embedding-set', summary: 'Embeddings', many: true, optional: true },
    });
    expect(optional('photo-folder', 'A folder', { isListed: true })).toMatchObject({ optional: true, isListed: true });
  });
});

describe('viewInputs()', () => {
  test('shows a body one artifact, a list, or nothing, as its ports say', () => {
    const inputs = viewInputs(PORTS, { photos: [a], faces: [c, b] });
    const folders: [string, string | undefined, number] = [
      inputs.photos.folder,
      inputs.model?.folder,
      inputs.faces.length,
    ];
    expect(folders).toEqual(['/a', undefined, 2]);
    expect(inputs).toEqual({ photos: a, model: undefined, faces: [c, b], embeddings: [] });
    expect(viewInputs(PORTS, { photos: [a], model: [b], faces: [c] }).model).toBe(b);
  });

  test('refuses what the engine cannot have connected', () => {
    expect(() => viewInputs(PORTS, {})).toThrow('The input "photos" is not connected');
    expect(() => viewInputs(PORTS, { photos: [a, b] })).toThrow('The input "photos" takes one artifact, and has 2');
  });
});
