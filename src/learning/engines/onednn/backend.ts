import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { util, type BackendValues, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Addon } from './addon';
import { createPool, type Pool } from './pool';

type DataId = TensorInfo['dataId'];

/** tfjs's entry for a tensor's data. */
interface Entry {
  readonly values?: BackendValues;
  readonly refCount: number;
  /** The array came from the pool and only this entry holds it. */
  isPooled?: boolean;
}

/**
 * Tensors are kept in arrays of the host, as tfjs's CPU backend keeps them, so that each of its kernels works on ours as well. Arrays that
 * our kernels wrote are used again once their tensor is gone, unless somebody may hold them: see `lend`.
 */
export class OnednnBackend extends MathBackendCPU {
  readonly pool: Pool;

  constructor(readonly addon: Addon) {
    super();
    this.pool = createPool(length => addon.allocate(length));
    // Or the first tensor prints an advertisement for tfjs-node.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** The memory of a float32 tensor, which must not be kept after the kernel. */
  floats({ dataId }: TensorInfo): Float32Array {
    const { values } = this.entry(dataId);
    // tfjs changes the type of a tensor without changing its array where no value is lost.
    return values instanceof Float32Array ? values : Float32Array.from(values as Int32Array);
  }

  /** The memory of an int32 tensor, which must not be kept after the kernel. */
  ints({ dataId }: TensorInfo): Int32Array {
    return this.entry(dataId).values as Int32Array;
  }

  /** The memory of a bool tensor, undefined for a tensor whose memory is something else. */
  bytes({ dataId }: TensorInfo): Uint8Array | undefined {
    const { values } = this.entry(dataId);
    return values instanceof Uint8Array ? values : undefined;
  }

  /** A new float32 tensor whose content is undefined; fill it through `floats`. */
  output(shape: readonly number[]): TensorInfo {
    const info = this.makeTensorInfo([...shape], 'float32', this.pool.take(util.sizeFromShape([...shape])));
    this.entry(info.dataId).isPooled = true;
    return info;
  }

  /** Says that somebody may keep this tensor's array: a caller that read it out, or a kernel whose result is a window on it. */
  lend(dataId: DataId): void {
    const entry = this.data.has(dataId) ? this.entry(dataId) : undefined;
    if (!entry?.isPooled) return;
    entry.isPooled = false;
    this.pool.forget(entry.values as Float32Array);
  }

  /** Nobody else holds or shares the memory of this tensor, so that it may be written in place. */
  isPrivate(dataId: DataId): boolean {
    const { isPooled, refCount } = this.entry(dataId);
    return isPooled === true && refCount === 1;
  }

  override readSync(dataId: DataId): BackendValues {
    this.lend(dataId);
    return super.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.data.has(dataId) ? this.entry(dataId) : undefined;
    const isGone = super.disposeData(dataId, force);
    if (isGone && entry?.isPooled) {
      entry.isPooled = false;
      this.pool.give(entry.values as Float32Array);
    }
    return isGone;
  }

  private entry(dataId: DataId): Entry {
    return this.data.get(dataId);
  }
}
