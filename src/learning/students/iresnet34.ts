import { iresnet } from './iresnet';

export const iresnet34 = iresnet({
  name: 'iresnet34',
  summary: 'iResNet-34, 34 million parameters: a student of arXiv 2408.17399',
  depths: [3, 4, 6, 3],
  dropout: 0,
});
