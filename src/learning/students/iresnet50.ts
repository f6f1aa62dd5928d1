import { iresnet } from './iresnet';

export const iresnet50 = iresnet({
  name: 'iresnet50',
  depths: [3, 4, 14, 3],
  dropout: 0.4,
});
