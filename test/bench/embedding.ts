/**
 * Teacher embedding from a face set to a Parquet file, beside bare loops of onnxruntime over the same views, ready in memory:
 * node -r ./test/helpers/register-typescript.js test/bench/embedding.ts [--faces=2000] [--pairs=5] [--cores=2] [--batch=64]
 *   [--python=path of a Python with onnxruntime and numpy] [backbone …]
 *
 * Alternately; the ratio is that of the rates, ours over the bare one, its median over the pairs.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/kit/math/random';
import { exportOnnx } from '../../src/learning/exporters/export-onnx';
import { initialise } from '../../src/learning/networks';
import { studentNow } from '../helpers/families';
import { embedFaces } from '../../stages/embed-faces';
import { runStage } from '../helpers/run-stage';
import { startBareNode, startBarePython, type BareLoop } from './bare-onnxruntime';
import { drawnFaces } from './drawn-source';
import { readOption, readText, readWords } from './options';
import { timed, type Timed } from './timed';

void main();

async function main(): Promise<void> {
  const [count, pairs] = [readOption('faces', 2000), readOption('pairs', 5)];
  const [batch, cores] = [readOption('batch', 64), readOption('cores', 2)];
  const python = readText('python');
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-bench-'));
  try {
    const faces = await drawnFaces(join(folder, 'faces'), count);
    for (const name of readWords(['mobilefacenet', 'iresnet18'])) {
      const model = join(folder, `${name}.onnx`);
      const backbone = studentNow(name);
      await writeFile(model, exportOnnx(backbone, initialise(backbone, seededRandom(1, name))));
      const about = { model, faces, batch, cores };
      const bare = [
        await startBareNode(about),
        ...(python === undefined ? [] : [await startBarePython(python, about)]),
      ];
      const ours = async (): Promise<void> => {
        const { folder: made } = await runStage(embedFaces, { model, batch }, { faces }, { cores });
        await rm(made, { recursive: true });
      };
      say(`${name}, ${2 * count} views in runs of ${batch} on ${cores} cores`);
      await compare(ours, bare, pairs, 2 * count);
      for (const loop of bare) await loop.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare(
  ours: () => Promise<void>,
  bare: readonly BareLoop[],
  pairs: number,
  views: number,
): Promise<void> {
  const times: Timed[][] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const row = [await timed(ours)];
    for (const { run } of bare) row.push(await run());
    times.push(row);
  }
  const column = (i: number): Timed[] => times.map(row => row[i]!);
  const report = (name: string, i: number): void => {
    const rate = median(column(i).map(({ wall }) => views / wall));
    const wall = median(times.map(row => row[i]!.wall / row[0]!.wall));
    const cpu = Math.min(...column(i).map(one => one.cpu)) / Math.min(...column(0).map(one => one.cpu));
    say(
      `  ${name}: ${rate.toFixed(1)} views/s` +
        (i === 0 ? '' : `; ours / this: ${wall.toFixed(3)} by the clock, ${cpu.toFixed(3)} by the least CPU time`),
    );
  };
  report('ours, whole stage', 0);
  bare.forEach(({ name }, i) => report(name, i + 1));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
