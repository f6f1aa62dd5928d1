import { iresnet } from './iresnet';

export const iresnet50 = iresnet({
  name: 'iresnet50',
  summary: 'iResNet-50, 44 million parameters, with the dropout of 0.4 of arXiv 2408.17399',
  depths: [3, 4, 14, 3],
  dropout: 0.4,
});
