import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { faceFiller } from '../../src/embedding/recogniser/face-tensor';
import { sessionOptions } from '../../src/embedding/recogniser/onnx-recogniser';
import { openFaceSet } from '../../src/data/face-set';
import { ONNX_INPUT } from '../../src/learning/exporters/export-onnx';
import { timed, type Timed } from './timed';

export interface Setting {
  /** An ONNX file that `exportOnnx` made. */
  readonly model: string;
  /** Folder of a face set. */
  readonly faces: string;
  readonly batch: number;
  readonly cores: number;
}

/** Nothing but the runs of a session that is open, over input that lies in memory. */
export interface BareLoop {
  readonly name: string;
  readonly run: () => Promise<Timed>;
  stop(): Promise<void>;
}

export async function startBareNode(setting: Setting): Promise<BareLoop> {
  const inputs: Tensor[] = [];
  for await (const values of tensorsOf(setting)) inputs.push(new Tensor('float32', values, await shapeOf(setting)));
  const session = await InferenceSession.create(setting.model, sessionOptions(setting.cores));
  return {
    name: 'bare loop of onnxruntime-node',
    run: () =>
      timed(async () => {
        for (const input of inputs) await session.run({ [ONNX_INPUT]: input });
      }),
    stop: () => session.release(),
  };
}

/** The same in Python, in a process that waits between the rounds. */
export async function startBarePython(python: string, setting: Setting): Promise<BareLoop> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-bench-'));
  const file = join(folder, 'views.f32');
  const stream = createWriteStream(file);
  for await (const values of tensorsOf(setting)) {
    if (!stream.write(new Uint8Array(values.buffer))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  const args = [setting.model, file, ...(await shapeOf(setting)), setting.cores].map(String);
  const child = spawn(python, [join(__dirname, 'bare_onnxruntime.py'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const version = String((await lines.next()).value);
  return {
    name: `bare loop of Python's onnxruntime ${version}`,
    async run() {
      child.stdin.write('run\n');
      const [wall, cpu] = String((await lines.next()).value)
        .split(' ')
        .map(Number);
      return { wall: wall!, cpu: cpu! };
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

/** Both views of every face, as `embed-faces` gives them to a model that takes NCHW and (pixel - 127.5) / 127.5. */
async function* tensorsOf({ faces: folder, batch }: Setting): AsyncGenerator<Float32Array> {
  const faces = await openFaceSet(folder);
  const { size } = faces;
  const fill = faceFiller({ size, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 });
  for (let start = 0; start < faces.count; start += batch) {
    for (const mirrored of [false, true]) {
      const values = new Float32Array(batch * 3 * size * size);
      for (let i = 0; i < Math.min(batch, faces.count - start); i++) {
        const pixels = new Uint8Array(3 * size * size);
        await faces.readPixels(start + i, pixels);
        fill(values, i, { pixels, mirrored });
      }
      yield values;
    }
  }
  await faces.close();
}

async function shapeOf({ faces: folder, batch }: Setting): Promise<[number, number, number, number]> {
  const faces = await openFaceSet(folder);
  await faces.close();
  return [batch, 3, faces.size, faces.size];
}
