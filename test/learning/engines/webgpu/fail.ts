// Program: what goes wrong on a device, as messages.
import { webgpu } from '../../../../src/learning/engines/webgpu/index';

export interface Failures {
  readonly readAtOnce: string;
  readonly lost: { readonly code?: string; readonly message: string };
  readonly globals: { readonly before: boolean; readonly after: boolean };
}

async function main(): Promise<Failures> {
  const hasGpu = (): boolean => 'gpu' in ((globalThis as { navigator?: object }).navigator ?? {});
  const before = hasGpu();
  const tf = await webgpu.start();
  // A second start must find the first.
  await webgpu.start();
  const after = hasGpu();
  const x = tf.add(tf.ones([2000]), 1);
  const readAtOnce = await caught(() => x.dataSync());
  (tf.backend() as unknown as { device: { destroy(): void } }).device.destroy();
  const lost = await caught(() => x.data());
  return { readAtOnce: readAtOnce.message, lost, globals: { before, after } };
}

async function caught(act: () => unknown): Promise<{ code?: string; message: string }> {
  try {
    await act();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { message, ...(code !== undefined && { code }) };
  }
  return { message: 'nothing was thrown' };
}

void main().then(result => {
  process.stdout.write(`\n${JSON.stringify(result)}`);
});
