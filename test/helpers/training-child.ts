/** Trains the toy in a process of its own, with a checkpoint after every step, and writes the number of each step. */
import { writeSync } from 'node:fs';
import { attempt, type Attempt, type ToyData } from './resumable-training';

const [data, how] = JSON.parse(process.argv[2]!) as [ToyData, Attempt];
void attempt(data, {
  ...how,
  isDue: () => true,
  onEvent: event => {
    if (event.type === 'scalars') writeSync(1, `${event.step}\n`);
  },
});
