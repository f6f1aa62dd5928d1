import type { TensorInfo } from '@tensorflow/tfjs-core';
import { UserError } from '../../../../errors';
import { BINARY } from './binary';

/** Our compiled kernels (native/wasm/), which work in the heap of tfjs. Arguments are numbers and addresses of float32 tensors. */
export type Native = Readonly<Record<NativeName, (...args: number[]) => number>>;

type NativeName =
  | 'add'
  | 'correlate'
  | 'depthwise'
  | 'depthwise_filter'
  | 'descend'
  | 'filter_gradient'
  | 'normalise_batch'
  | 'normalise_batch_gradient'
  | 'prelu'
  | 'product'
  | 'sum_of_squares'
  | 'sum_rows'
  | 'winograd'
  | 'winograd_filter';

/** What we use of tfjs' BackendWasm and of the emscripten module inside it. */
interface WasmBackend {
  readonly wasm: EmscriptenModule;
  readonly dataIdMap: { get(id: object): { id: number; memoryOffset: number; refCount: number } };
}

interface EmscriptenModule {
  readonly tfjs: {
    registerTensor(id: number, size: number, address: number): void;
    disposeData(id: number): void;
  };
  readonly asm: { readonly memory: { readonly buffer: ArrayBuffer } };
  _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
}

/** What we use of the global, which TypeScript declares for browsers only. */
interface WebAssemblyGlobal {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** For the few small arrays of our kernels. */
const STACK_BYTES = 1 << 16;

const loaded = new WeakMap<object, Native>();

/** The kernels for a backend, loaded once. */
export function nativeOf(backend: unknown): Native {
  const { wasm } = backend as WasmBackend;
  const known = loaded.get(wasm);
  if (known) return known;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;
  const { exports } = new Instance(new Module(Buffer.from(BINARY, 'base64')), { env: { memory: wasm.asm.memory } });
  const native = exports as Native & { __stack_pointer: { value: number } };
  // The module has no data of its own; its stack grows down from the end of a block that the heap's owner gives.
  native.__stack_pointer.value = (wasm._malloc(STACK_BYTES) + STACK_BYTES) & ~15;
  // Only now: emscripten replaces the function when it is first called.
  refuseFullHeap(wasm);
  loaded.set(wasm, native);
  return native;
}

/** Where the values of a tensor begin in the heap, in bytes. */
export function addressOf(backend: unknown, info: TensorInfo): number {
  return (backend as WasmBackend).dataIdMap.get(info.dataId).memoryOffset;
}

/**
 * The same for a tensor that is changed in place: makes tfjs forget what it has prepared from its values (XNNPACK packs weights once).
 * Throws where another tensor shares the values, for it would change with this one.
 */
export function ownAddressOf(backend: unknown, { dataId, shape }: TensorInfo): number {
  const { wasm, dataIdMap } = backend as WasmBackend;
  const { id, memoryOffset, refCount } = dataIdMap.get(dataId);
  if (refCount > 1) throw new Error('A tensor that is to be changed in place shares its memory with another');
  wasm.tfjs.disposeData(id);
  wasm.tfjs.registerTensor(
    id,
    shape.reduce((product, size) => product * size, 1),
    memoryOffset,
  );
  return memoryOffset;
}

/** Room for `floats` values during `use`, which gets its address; its contents are undefined. */
export function withScratch<T>(backend: unknown, floats: number, use: (address: number) => T): T {
  const { wasm } = backend as WasmBackend;
  const address = wasm._malloc(4 * floats) >>> 0;
  try {
    return use(address);
  } finally {
    wasm._free(address);
  }
}

/** Writes 32-bit integers, a structure of the kernels, to an address. */
export function writeIntegers(backend: unknown, address: number, values: readonly number[]): void {
  new Int32Array((backend as WasmBackend).wasm.asm.memory.buffer, address, values.length).set(values);
}

/** The allocator answers 0 when the heap is full, and tfjs would write there. */
function refuseFullHeap(wasm: EmscriptenModule): void {
  const allocate = wasm._malloc;
  wasm._malloc = bytes => {
    const address = allocate(bytes);
    if (address !== 0 || bytes === 0) return address;
    const held = wasm.asm.memory.buffer.byteLength;
    throw new UserError(
      `Compute on the engine wasm: no room for ${bytes} more bytes in its heap of ${held}, which can grow to 4 GiB; ` +
        'choose a smaller batch or another engine',
      { code: 'out-of-memory' },
    );
  };
}
