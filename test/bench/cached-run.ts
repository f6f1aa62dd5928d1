import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { timeCommand, timeRounds, type Measured } from './command';

/** Each is drawn, read and aligned in three sizes: five stages. */
const ALBUMS = 40;
const SIZES = [112, 128, 224];

/** A run of a pipeline of 200 stages when everything is there already. Makes it in the folder first, which takes a minute. */
export async function cachedRun(folder: string, rounds: number): Promise<Measured[]> {
  await writeFile(join(folder, 'cached.yaml'), pipeline());
  const { stdout } = timeCommand(['run', 'cached.yaml'], folder);
  if (!stdout.includes('200 stages: ')) throw new Error(`The pipeline has not 200 stages: ${stdout.slice(-500)}`);
  return [
    {
      what: 'fully cached run of 200 stages',
      budget: 1,
      seconds: timeRounds(['run', 'cached.yaml'], folder, rounds, '200 stages: 200 reused'),
    },
    {
      what: '  plan of the same',
      seconds: timeRounds(['plan', 'cached.yaml', '--all'], folder, rounds, 'align-39-224'),
    },
    {
      what: '  status of the same',
      seconds: timeRounds(['status', 'cached.yaml', '--all'], folder, rounds, 'align-39-224'),
    },
    {
      what: '  explain one of them',
      seconds: timeRounds(['explain', 'cached.yaml', 'align-39-224'], folder, rounds, 'align'),
    },
    { what: '  pipeline --version', seconds: timeRounds(['--version'], folder, rounds, '.') },
  ];
}

function pipeline(): string {
  const albums = Array.from({ length: ALBUMS }, (_, index) => album(index));
  return `name: cached\nstages:\n${albums.join('')}`;
}

function album(index: number): string {
  const draw = `{ domain: real, seed: ${index}, groups: [A], trainIdentities: 2, trainImages: 1, testIdentities: 0 }`;
  const aligned = SIZES.map(
    size => `  align-${index}-${size}: { uses: align-faces, in: { photos: read-${index} }, with: { size: ${size} } }\n`,
  );
  return `  draw-${index}: { uses: synthesize-faces, with: ${draw} }
  read-${index}: { uses: read-faces, in: { folder: draw-${index} }, with: { split: train, domain: real } }
${aligned.join('')}`;
}
