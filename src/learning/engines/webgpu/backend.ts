import type { BackendValues, DataId, KernelBackend } from '@tensorflow/tfjs-core';
import { UserError } from '../../../errors';
import type { AdapterInfo, Gpu, GpuDevice } from './dawn';
import type { OpenDevice } from './device';

/** tfjs' WebGPUBackend. */
export type BackendClass = new (device: GpuDevice, info: AdapterInfo) => KernelBackend;

/**
 * tfjs' backend on a device of ours, with reads that fail where the results would be wrong: a device that ran out of memory or
 * is lost computes on with zeros. Values can only be awaited (`tensor.data()`); `dataSync()` throws.
 */
export function makeBackend(Base: BackendClass, opened: OpenDevice): KernelBackend {
  class CheckedBackend extends Base {
    override async read(dataId: object): Promise<BackendValues> {
      const outcome = await super.read(dataId).catch((error: unknown) => ({ error }));
      const problem = opened.takeProblem();
      if (problem !== undefined) throw failed(opened.name, problem);
      if ('error' in outcome) throw outcome.error;
      return outcome;
    }

    override readSync(dataId: object): BackendValues {
      const { values, dtype } = (this as unknown as WithTensorMap).tensorMap.get(dataId);
      if (values == null && dtype !== 'complex64') {
        throw new Error('Engine webgpu cannot read a tensor at once: await tensor.data() instead of tensor.dataSync()');
      }
      return super.readSync(dataId);
    }
  }
  return withNavigator(opened.gpu, () => new CheckedBackend(opened.device, opened.info));
}

interface WithTensorMap {
  readonly tensorMap: { get(dataId: DataId): { readonly values?: BackendValues | null; readonly dtype: string } };
}

function failed(device: string, problem: string): UserError {
  return new UserError(
    `Compute on webgpu: ${device} reports "${problem}"; its results since then are wrong. ` +
      'Choose a smaller batch, or another engine',
    { code: 'engine-failed' },
  );
}

/** The backend refuses to be made without `navigator.gpu`. Only meanwhile: other packages take it for a browser. */
function withNavigator<T>(gpu: Gpu, make: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}
