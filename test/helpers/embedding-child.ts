/** Embeds a face set in a process of its own, and writes how many faces are done. */
import { writeSync } from 'node:fs';
import { embedFaces } from '../../stages/embed-faces';
import { runStage } from './run-stage';

const [options, faces, checkpoints] = JSON.parse(process.argv[2]!) as [
  { model: string; batch: number },
  string,
  string,
];
void runStage(
  embedFaces,
  options,
  { faces },
  {
    checkpoints: { folder: checkpoints },
    onEvent: event => {
      if (event.type === 'progress') writeSync(1, `${event.done}\n`);
    },
  },
);
