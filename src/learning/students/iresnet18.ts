import { iresnet } from './iresnet';

export const iresnet18 = iresnet({
  name: 'iresnet18',
  depths: [2, 2, 2, 2],
  dropout: 0,
});
