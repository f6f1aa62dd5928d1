import { family } from '../../family';

/** Every backbone that can be trained, smallest first. */
export const STUDENTS = family('students', {
  tiny: {
    summary: 'three convolutions, for the built-in faces',
    load: () => import('./tiny').then(({ tiny }) => tiny),
  },
  small: {
    summary: 'three convolutions and two residual blocks, the teacher for the built-in faces',
    load: () => import('./small').then(({ small }) => small),
  },
  mobilefacenet: {
    summary: 'MobileFaceNet with a global depthwise convolution, 1.2 million parameters',
    load: () => import('./mobilefacenet').then(({ mobilefacenet }) => mobilefacenet),
  },
  iresnet18: {
    summary: 'iResNet-18, 24 million parameters',
    load: () => import('./iresnet18').then(({ iresnet18 }) => iresnet18),
  },
  iresnet34: {
    summary: 'iResNet-34, 34 million parameters: a student of arXiv 2408.17399',
    load: () => import('./iresnet34').then(({ iresnet34 }) => iresnet34),
  },
  iresnet50: {
    summary: 'iResNet-50, 44 million parameters, with the dropout of 0.4 of arXiv 2408.17399',
    load: () => import('./iresnet50').then(({ iresnet50 }) => iresnet50),
  },
});
