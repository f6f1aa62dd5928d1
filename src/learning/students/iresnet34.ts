import { iresnet } from './iresnet';

export const iresnet34 = iresnet({
  name: 'iresnet34',
  depths: [3, 4, 6, 3],
  dropout: 0,
});
