import { iresnet } from './iresnet';

export const iresnet18 = iresnet({
  name: 'iresnet18',
  summary: 'iResNet-18, 24 million parameters',
  depths: [2, 2, 2, 2],
  dropout: 0,
});
