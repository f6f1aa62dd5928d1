import { drawTraining } from '../../src/learning/training/loss-chart';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = drawTraining;
