import type { KernelConfig, KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../../engine';
import { isForeign, isList, refusalOf, type Input } from './refusals';

type Backend = ReturnType<Tf['backend']>;

type Inputs = Parameters<KernelFunc>[0]['inputs'];

/** What the cpu backend has and the package of the wasm backend lacks, but for drawing on a canvas. */
const LACKING = [
  'Complex',
  'ComplexAbs',
  'Einsum',
  'FFT',
  'IFFT',
  'Imag',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'Real',
  'StaticRegexReplace',
];

/** Kernels of the cpu backend, for the wasm backend. Their tensors are copied there and back: slow. */
export function kernelsOnCpu(tf: Tf): KernelConfig[] {
  return LACKING.map(kernelName => ({ kernelName, backendName: 'wasm', kernelFunc: onCpu(tf, kernelName) }));
}

/** The same kernel, but that calls which it refuses or answers wrongly run on the cpu backend. */
export function withRefusals(tf: Tf, kernel: KernelConfig): KernelConfig {
  const refuses = refusalOf(kernel.kernelName);
  const otherwise = onCpu(tf, kernel.kernelName);
  return {
    ...kernel,
    kernelFunc: params => (refuses(params) ? otherwise(params) : kernel.kernelFunc(params)),
  };
}

/** The kernel is looked up when it is called, because the cpu backend comes with the whole of tfjs, after this one has started. */
function onCpu(tf: Tf, kernelName: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const cpu = tf.findBackend('cpu');
    const { copies, copied } = copyOf(tf, cpu, inputs);
    try {
      const out = tf.getKernel(kernelName, 'cpu').kernelFunc({ inputs: copied, attrs, backend: cpu });
      const place = (info: TensorInfo): TensorInfo =>
        isForeign(info.dtype) ? kept(tf, cpu, info) : brought(cpu, backend as Pick<Backend, 'write'>, info);
      return Array.isArray(out) ? out.map(place) : place(out);
    } finally {
      for (const { dataId } of copies) cpu.disposeData(dataId);
    }
  };
}

/** Copies, or tfjs would move the tensors themselves to the cpu backend and back. Those of foreign types are there already. */
function copyOf(tf: Tf, cpu: Backend, inputs: Inputs): { copies: readonly TensorInfo[]; copied: Inputs } {
  const copies: TensorInfo[] = [];
  const copy = (input: Input): Input => {
    if (isList(input)) return input.map(copy) as TensorInfo[];
    if (!input || isForeign(input.dtype)) return input;
    const { shape, dtype } = input;
    const info = { shape, dtype, dataId: cpu.write(tf.engine().readSync(input.dataId), shape, dtype) };
    copies.push(info);
    return info;
  };
  const copied: unknown = isList(inputs)
    ? inputs.map(copy)
    : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, copy(input)]));
  return { copies, copied: copied as Inputs };
}

/** As a tensor of the cpu backend; a few of its kernels make one themselves. */
function kept(tf: Tf, cpu: Backend, info: TensorInfo): TensorInfo {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info, cpu);
}

function brought(cpu: Backend, wasm: Pick<Backend, 'write'>, info: TensorInfo): TensorInfo {
  const { shape, dtype } = info;
  const dataId = wasm.write(cpu.readSync(info.dataId), shape, dtype);
  if ('dispose' in info) (info as Tensor).dispose();
  else cpu.disposeData(info.dataId);
  return { dataId, shape, dtype };
}
