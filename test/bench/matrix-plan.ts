import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { timeRounds, type Measured } from './command';

const SEEDS = 100;
const SIZES = 10;

/** Plans of a matrix of 1,000 cells, of which none was made yet: in the folder with what other benches have made, and in an empty one. */
export async function matrixPlan(folder: string, empty: string, rounds: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [place, name] of [
    [empty, 'empty store'],
    [folder, 'store of 200 results'],
  ] as const) {
    await writeFile(join(place, 'matrix.yaml'), pipeline());
    measured.push(
      {
        what: `plan of a matrix of 1,000 cells, ${name}`,
        budget: 1,
        seconds: timeRounds(['plan', 'matrix.yaml'], place, rounds, 'draw'),
      },
      {
        what: '  the same as JSON',
        seconds: timeRounds(
          ['plan', 'matrix.yaml', '--json'],
          place,
          rounds,
          `seed=${SEEDS - 1},size=${200 + SIZES - 1}`,
        ),
      },
    );
  }
  return measured;
}

function pipeline(): string {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index).join(', ');
  const sizes = Array.from({ length: SIZES }, (_, index) => 200 + index).join(', ');
  return `name: matrix
stages:
  draw:
    uses: synthesize-faces
    matrix: { seed: [${seeds}], size: [${sizes}] }
    with: { domain: real, seed: '\${matrix.seed}', size: '\${matrix.size}' }
`;
}
