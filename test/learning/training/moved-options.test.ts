import { describe, expect, test } from '@jest/globals';
import { STAGES } from '../../../stages';
import { MOVED_OPTIONS } from '../../../src/learning/training/moved-options';
import { accepted, refused } from '../../workflow/configuration/load-toy';

const pipeline = (option: string): string => `name: moved
stages:
  draw: {uses: synthesize-faces, with: {domain: real}}
  read: {uses: read-faces, in: {folder: draw}, with: {split: train, domain: real}}
  align: {uses: align-faces, in: {photos: read}}
  student: {uses: distill-student, in: {faces: align}, with: {${option}}}
  teacher: {uses: train-teacher, in: {faces: align}, with: {${option}}}
`;

describe.each(Object.entries(MOVED_OPTIONS))('the option %s of earlier versions', (name, now) => {
  test('is refused by both training stages, which say what is written in its place', () => {
    const messages = refused(pipeline(`${name}: 1`), { stages: STAGES }).map(({ message }) => message);
    expect(messages).toEqual(
      ['distill-student', 'train-teacher'].map(
        stage => `Unknown option "${name}" of ${stage}: it is now written as \`${now}\``,
      ),
    );
  });

  test('has a place that is taken', () => {
    expect(accepted(pipeline(now), { stages: STAGES }).steps).toHaveLength(5);
  });
});
