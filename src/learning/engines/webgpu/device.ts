import { UserError } from '../../../errors';
import { adapterName, type AdapterInfo, type Dawn, type Gpu, type GpuDevice } from './dawn';

/** A device with everything that its adapter allows. */
export interface OpenDevice {
  readonly gpu: Gpu;
  readonly device: GpuDevice;
  readonly info: AdapterInfo;
  readonly name: string;
  /**
   * What has gone wrong on the device since the last call, in its words: WebGPU reports it late, and continues with zeros. A lost
   * device is reported every time.
   */
  readonly takeProblem: () => string | undefined;
}

/** Limits that decide how large a tensor and how wide a kernel may be; the defaults are those of a telephone. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
];

/** Throws `UserError` engine-unavailable where there is no adapter. */
export async function openDevice(dawn: Dawn): Promise<OpenDevice> {
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new UserError(
      'Start engine webgpu: no GPU was found; "npx pipeline doctor" says what is missing, or choose the engine wasm',
      { code: 'engine-unavailable' },
    );
  }
  const { info, limits, features } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map(limit => [limit, limits[limit]!])),
    // For profiles; without it tfjs reports zero milliseconds.
    requiredFeatures: ['timestamp-query'].filter(feature => features.has(feature)),
  });
  return { gpu, device, info, name: adapterName(info), takeProblem: watch(device) };
}

/** The first error counts: what follows is its consequence. */
function watch(device: GpuDevice): () => string | undefined {
  let problem: string | undefined;
  let lost: string | undefined;
  device.addEventListener('uncapturederror', ({ error }) => (problem ??= error.message.trim().split('\n')[0]!));
  void device.lost.then(({ reason, message }) => (lost = `device lost (${reason}): ${message}`));
  return () => {
    const found = problem ?? lost;
    problem = undefined;
    return found;
  };
}
