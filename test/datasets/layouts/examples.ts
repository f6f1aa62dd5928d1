import { LANDMARKS } from '../../helpers/photo-folder';
import type { LayoutExample } from '../../contracts/layout';

const rowOf = (path: string): string => [path, 0, ...LANDMARKS].join('\t');

/** Of each layout a small data set, by its name. */
export const EXAMPLES: Readonly<Record<string, LayoutExample>> = {
  rfw: {
    split: 'test',
    files: {
      'test/data/A/m.1/m.1_0001.jpg': '',
      'test/data/A/m.1/m.1_0002.jpg': '',
      'test/data/A/m.3/m.3_0001.jpg': '',
      'test/data/B/m.2/m.2_0001.jpg': '',
      'test/txts/A/A_people.txt': 'm.1\t2\nm.3\t1',
      'test/txts/A/A_pairs.txt': Array(10).fill('m.1\t1\t2\nm.1\t1\tm.3\t1').join('\n'),
      'test/txts/B/B_lmk.txt': rowOf('/test/data/B/m.2/m.2_0001.jpg'),
    },
    groups: {
      A: {
        'm.1': ['test/data/A/m.1/m.1_0001.jpg', 'test/data/A/m.1/m.1_0002.jpg'],
        'm.3': ['test/data/A/m.3/m.3_0001.jpg'],
      },
      B: { 'm.2': ['test/data/B/m.2/m.2_0001.jpg'] },
    },
    pairs: { A: 20 },
    beside: 'train/data/A/m.1/m.1_0001.jpg',
  },
  bupt: {
    split: 'train',
    files: {
      'images/race_per_7000/A/m.1/1.jpg': '',
      'images/race_per_7000/A/m.2/1.jpg': '',
      'txts/A_lmk.txt': ['m.1', 'm.2'].map((id, i) => [`A/${id}/1.jpg`, i, ...LANDMARKS].join('\t')).join('\n'),
    },
    groups: { A: { 'm.1': ['images/race_per_7000/A/m.1/1.jpg'], 'm.2': ['images/race_per_7000/A/m.2/1.jpg'] } },
    pairs: {},
    beside: 'images/other/A/m.1/1.jpg',
  },
};
